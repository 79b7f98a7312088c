package io.carafe.shim.child;

import static io.carafe.linux.abi.FileFlags.MFD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.shim.bundle.BundleFiles;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.Requests.CheckpointOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The runtime, called as a program, with the words that containerd's own shim uses: any runtime that knows those will do. */
public final class Runtime {

    private static final String DEFAULT_ROOT = "/run/containerd/carafe";
    private static final int MOST_OUTPUT = 4 << 20;
    /** In bytes, of a pid file. */
    public static final int MOST_PID = 64;

    private final Linux linux;
    private final Children children;
    private final String binary;
    private final List<String> global = new ArrayList<>();
    private final String bundle;
    private final String id;
    private final Options options;
    private final RuntimeLog log;

    /** @param binary path of the executable */
    public Runtime(Linux linux, Children children, String binary, Options options, String namespace, String bundle, String id) {
        this.linux = linux;
        this.children = children;
        this.binary = binary;
        this.bundle = bundle;
        this.id = id;
        this.options = options;
        this.log = new RuntimeLog(linux, bundle);
        global.addAll(List.of(binary, "--root", (options.root().isEmpty() ? DEFAULT_ROOT : options.root()) + "/" + namespace,
                "--log", log.path(), "--log-format", "json"));
        if (options.systemdCgroup()) {
            global.add("--systemd-cgroup");
        }
    }

    /** What a call came to. @param complaint empty: it went well. @param cut whether it was cut short, and has done who knows what */
    public record Outcome(Optional<String> complaint, String output, boolean cut) {

        public Outcome(Optional<String> complaint, String output) {
            this(complaint, output, false);
        }

        public boolean isOk() {
            return complaint.isEmpty();
        }

        public boolean says(String words) {
            return complaint.orElse("").contains(words);
        }
    }

    /**
     * Creates.
     *
     * @param layers values of {@code --overlay}, which carafe alone has
     * @param streams the container's stdin, stdout and stderr; borrowed, and not needed after this call
     */
    public Call create(String pidFile, Optional<String> consoleSocket, List<String> layers, List<Fd> streams, Consumer<Outcome> done) {
        List<String> words = new ArrayList<>(List.of("create", "--bundle", bundle, "--pid-file", pidFile));
        consoleSocket.ifPresent(socket -> words.addAll(List.of("--console-socket", socket)));
        for (String layer : layers) {
            words.addAll(List.of("--overlay", layer));
        }
        if (options.noPivotRoot()) {
            words.add("--no-pivot");
        }
        if (options.noNewKeyring()) {
            words.add("--no-new-keyring");
        }
        words.add(id);
        return call(words, streams, done);
    }

    /** The same for a further process. @param specification file of the process object */
    public Call exec(String specification, String pidFile, Optional<String> consoleSocket, List<Fd> streams, Consumer<Outcome> done) {
        List<String> words = new ArrayList<>(List.of("exec", "--process", specification, "--detach", "--pid-file", pidFile));
        consoleSocket.ifPresent(socket -> words.addAll(List.of("--console-socket", socket)));
        words.add(id);
        return call(words, streams, done);
    }

    /**
     * Makes a container that runs of a checkpoint, in the place of create and start.
     *
     * @param images of the checkpoint
     */
    public Call restore(String images, String pidFile, Optional<String> consoleSocket, List<String> layers, List<Fd> streams, Consumer<Outcome> done) {
        List<String> words = new ArrayList<>(List.of("restore", "--detach", "--bundle", bundle, "--pid-file", pidFile, "--image-path", images,
                "--work-path", options.criuWorkPath().isEmpty() ? bundle + "/criu-work" : options.criuWorkPath()));
        // As containerd's own shim: what the checkpoint had of these it must be allowed to have again.
        words.addAll(List.of("--tcp-established", "--ext-unix-sk", "--file-locks"));
        consoleSocket.ifPresent(socket -> words.addAll(List.of("--console-socket", socket)));
        for (String layer : layers) {
            words.addAll(List.of("--overlay", layer));
        }
        if (options.noPivotRoot()) {
            words.add("--no-pivot");
        }
        words.add(id);
        return call(words, streams, done);
    }

    /** Saves the container, which goes on if that is not to be its end. @param path where the images go */
    public Call checkpoint(String path, CheckpointOptions asked, Consumer<Outcome> done) {
        List<String> words = new ArrayList<>(List.of("checkpoint", "--image-path", path,
                "--work-path", asked.workPath().isEmpty() ? bundle + "/criu-work" : asked.workPath()));
        if (!asked.exit()) {
            words.add("--leave-running");
        }
        if (asked.openTcp()) {
            words.add("--tcp-established");
        }
        if (asked.externalUnixSockets()) {
            words.add("--ext-unix-sk");
        }
        if (asked.terminal()) {
            words.add("--shell-job");
        }
        if (asked.fileLocks()) {
            words.add("--file-locks");
        }
        for (String namespace : asked.emptyNamespaces()) {
            words.addAll(List.of("--empty-ns", namespace));
        }
        if (!asked.cgroupsMode().isEmpty()) {
            words.addAll(List.of("--manage-cgroups-mode", asked.cgroupsMode()));
        }
        words.add(id);
        return call(words, done);
    }

    public Call start(Consumer<Outcome> done) {
        return call(List.of("start", id), done);
    }

    public Call kill(int signal, boolean all, Consumer<Outcome> done) {
        return call(all ? List.of("kill", "--all", id, Integer.toString(signal)) : List.of("kill", id, Integer.toString(signal)), done);
    }

    public Call delete(boolean force, Consumer<Outcome> done) {
        return call(force ? List.of("delete", "--force", id) : List.of("delete", id), done);
    }

    public Call ps(Consumer<Outcome> done) {
        return call(List.of("ps", "--format", "json", id), done);
    }

    public Call pause(Consumer<Outcome> done) {
        return call(List.of("pause", id), done);
    }

    public Call resume(Consumer<Outcome> done) {
        return call(List.of("resume", id), done);
    }

    /** @param resources the specification's linux.resources, as JSON */
    public Call update(byte[] resources, Consumer<Outcome> done) {
        try (Fd input = linux.files.memfdCreate("resources", MFD_CLOEXEC)) {
            linux.files.write(input, resources);
            linux.files.seek(input, 0);
            return call(List.of("update", "--resources", "-", id), input, done);
        }
    }

    private Call call(List<String> words, Consumer<Outcome> done) {
        try (Fd input = linux.files.open("/dev/null", O_RDWR)) {
            return call(words, input, done);
        }
    }

    private Call call(List<String> words, Fd input, Consumer<Outcome> done) {
        try (Undo undo = new Undo()) {
            Fd output = undo.onFailure(linux.files.memfdCreate("output", MFD_CLOEXEC), Fd::close);
            Fd errors = undo.onFailure(linux.files.memfdCreate("errors", MFD_CLOEXEC), Fd::close);
            Call call = start(words, List.of(input, output, errors), (exit, cut, complaint) -> {
                try (output; errors) {
                    done.accept(outcome(() -> complaint.isEmpty() && exit.code() == 0 ? new Outcome(Optional.empty(), text(output))
                            : new Outcome(Optional.of(complaint.orElseGet(() -> lastLine(text(errors), exit))), "", cut)));
                }
            });
            undo.keep();
            return call;
        }
    }

    /** Whoever called gets one, whatever goes wrong with finding it out. */
    private static Outcome outcome(Supplier<Outcome> of) {
        try {
            return of.get();
        } catch (RuntimeException | Error e) {
            return new Outcome(Optional.of("what the runtime said cannot be read: " + Failures.message(e)), "");
        }
    }

    private Call call(List<String> words, List<Fd> streams, Consumer<Outcome> done) {
        return start(words, streams, (exit, cut, complaint) -> done.accept(complaint.isEmpty() && exit.code() == 0
                ? new Outcome(Optional.empty(), "") : new Outcome(Optional.of(complaint.orElseGet(() -> lastLine("", exit))), "", cut)));
    }

    private interface Ended {
        void ended(Exit exit, boolean cut, Optional<String> complaint);
    }

    private Call start(List<String> words, List<Fd> fds, Ended ended) {
        long before = log.length();
        List<String> args = new ArrayList<>(global);
        args.addAll(words);
        return children.call(new Program(binary, args, Environment.ofRuntime(), bundle, fds, Program.Ties.DIES_WITH_US, log::complain),
                (exit, cut) -> {
                    Optional<String> complaint = exit.code() == 0 ? Optional.empty() : log.lastError(before);
                    ended.ended(exit, cut.isPresent(), cut.or(() -> complaint));
                });
    }

    private static String lastLine(String errors, Exit exit) {
        String said = errors.strip();
        return said.isEmpty() ? "the runtime ended with " + (exit.signalled() ? "signal " : "status ") + exit.status()
                : said.substring(said.lastIndexOf('\n') + 1);
    }

    private String text(Fd memfd) {
        linux.files.seek(memfd, 0);
        return new String(linux.files.readAll(memfd, MOST_OUTPUT), StandardCharsets.UTF_8);
    }

    /** The pid that the runtime wrote into a pid file. @param name in the bundle */
    public int pid(String name) {
        String path = bundle + "/" + name;
        byte[] text = new BundleFiles(linux, bundle).readIfPresent(name, MOST_PID)
                .orElseThrow(() -> new KernelException("open " + path, Errno.ENOENT));
        return pid(path, text);
    }

    /** What stands in a pid file. @throws IllegalStateException anything but the number of a process */
    public static int pid(String path, byte[] text) {
        try {
            int pid = Integer.parseInt(new String(text, StandardCharsets.UTF_8).strip());
            if (pid > 0) { // kill(2) takes 0 and -1 for many
                return pid;
            }
        } catch (NumberFormatException e) {
            throw new IllegalStateException(path + ": expected the number of a process, found something else", e);
        }
        throw new IllegalStateException(path + ": expected the number of a process, found something else");
    }
}
