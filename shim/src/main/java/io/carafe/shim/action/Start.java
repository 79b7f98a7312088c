package io.carafe.shim.action;

import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files.Pipe;
import io.carafe.linux.call.process.Processes;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.carafe.shim.bundle.BundleFiles;
import io.carafe.shim.child.Environment;
import io.carafe.shim.child.Program;
import io.carafe.shim.message.Options;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The action {@code start}: a serving process for a container, or the one that its group has already; tells where it listens.
 *
 * <p>The socket listens before the process is there, so whoever connects is never too early.
 */
final class Start {

    /** In the bundle: what {@code delete} of another process has to know, as containerd's own shim names it. */
    static final String SOCKET_DIRECTORY_FILE = "socket-dir";

    private static final int VERSION = 2;
    /** Who is told 3 connects to the sandbox's shim for each container of the pod, and calls no further action start (containerd 2.0). */
    private static final int SANDBOX_VERSION = 3;
    private static final int OWNER_ONLY = 0600;
    private static final int OWNERS_DIRECTORY = 0700;
    private static final int BACKLOG = 128;
    private static final String EVENTS = "TTRPC_ADDRESS=";
    private static final int MOST_OOM_SCORE = 1000;
    private static final int MOST_COMPLAINT = 1 << 16;

    private final Linux linux;
    private final Words words;
    private final Bootstrap bootstrap;
    /** What the serving process is to start with. */
    private final long mask;

    /** From now on nobody who stops reading ends this process: what it has begun would stay. */
    Start(Linux linux, Words words) {
        this.linux = linux;
        this.bootstrap = Bootstrap.read(linux, words);
        this.words = words.or(bootstrap);
        this.mask = linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, Signal.bit(Signal.SIGPIPE.number));
    }

    /** Prints what containerd reads: an address alone; as JSON since 1.7, which sets MAX_SHIM_VERSION; or, since 2.3, a BootstrapResult. */
    void run() {
        String id = words.identifier(Words.Flag.ID);
        String namespace = words.identifier(Words.Flag.NAMESPACE);
        Options options = Options.of(linux, bootstrap.options());
        if (!bootstrap.socketDirectory().isEmpty()) {
            new BundleFiles(linux, ".").write(SOCKET_DIRECTORY_FILE, bootstrap.socketDirectory().getBytes(StandardCharsets.UTF_8));
        }
        String socket = ShimGroup.socket(bootstrap.socketDirectory(), words.value(Words.Flag.ADDRESS), namespace, ShimGroup.of(linux, "", id));
        Optional<Fd> listener = listen(socket);
        String address = "unix://" + socket;
        if (listener.isEmpty()) {
            tell(address);
            return;
        }
        try (Fd listening = listener.get(); Undo undo = new Undo()) {
            undo.onFailure(() -> linux.paths.unlinkat(Fd.CWD, socket, 0));
            try (Pipe told = linux.files.pipe()) {
                int pid = serve(listening, told.out(), socket, id);
                undo.onFailure(() -> linux.processes.kill(pid, Signal.SIGKILL.number));
                score(pid);
                if (!options.shimCgroup().isEmpty()) {
                    ShimCgroup.join(linux, options.shimCgroup(), pid);
                }
                tell(address);
                linux.files.write(told.in(), new byte[1]);
            }
            undo.keep();
        }
    }

    private void tell(String address) {
        writeAddress(address);
        int version = ShimGroup.isContainer(linux, "") ? VERSION : SANDBOX_VERSION;
        Main.print(linux, bootstrap.isProtocol() ? result(version, address) : (System.getenv("MAX_SHIM_VERSION") == null ? address
                : "{\"version\":" + version + ",\"address\":\"" + address + "\",\"protocol\":\"ttrpc\"}").getBytes(StandardCharsets.UTF_8));
    }

    /** BootstrapResult. */
    private static byte[] result(int version, String address) {
        ProtoWriter out = new ProtoWriter();
        out.integer(1, version);
        out.text(2, address);
        out.text(3, "ttrpc");
        return out.toBytes();
    }

    /** @return empty where somebody serves there already */
    private Optional<Fd> listen(String socket) {
        for (int slash = socket.indexOf('/', 1); slash > 0; slash = socket.indexOf('/', slash + 1)) {
            linux.paths.mkdirIfAbsent(Fd.CWD, socket.substring(0, slash), OWNERS_DIRECTORY);
        }
        try {
            return Optional.of(bind(socket));
        } catch (KernelException e) {
            if (!e.is(Errno.EADDRINUSE)) {
                throw e;
            }
        }
        try (Fd served = linux.sockets.connect(socket, SOCK_STREAM | SOCK_NONBLOCK)) {
            return Optional.empty();
        } catch (KernelException e) {
            if (e.is(Errno.EAGAIN)) { // many wait for who serves there
                return Optional.empty();
            }
            if (!e.is(Errno.ECONNREFUSED)) {
                throw e;
            }
        }
        linux.paths.unlinkat(Fd.CWD, socket, 0); // of a shim that was killed
        return Optional.of(bind(socket));
    }

    private Fd bind(String socket) {
        int mask = linux.paths.umask(0777 & ~OWNER_ONLY);
        try {
            return linux.sockets.listen(socket, SOCK_STREAM | SOCK_NONBLOCK, BACKLOG);
        } finally {
            linux.paths.umask(mask);
        }
    }

    /** @param told ends when containerd has not been told of it. @return the pid of the serving process */
    private int serve(Fd listener, Fd told, String socket, String id) {
        List<String> args = new ArrayList<>(List.of(Main.NAME, "-namespace", words.value(Words.Flag.NAMESPACE), "-id", id,
                "-address", words.value(Words.Flag.ADDRESS), "-publish-binary", words.publishBinary(), "-socket", socket));
        if (words.has(Words.Flag.DEBUG) || bootstrap.logLevel() <= Bootstrap.DEBUG) {
            args.add("-debug");
        }
        if (bootstrap.logLevel() != 0) {
            args.addAll(List.of("-log-level", Integer.toString(bootstrap.logLevel())));
        }
        shareCores();
        String self = linux.paths.readlinkat(Fd.CWD, "/proc/self/exe");
        // Not its own stdout and stderr: containerd reads those until nobody has them open.
        try (Fd nothing = linux.files.open("/dev/null", O_RDWR); Fd log = ShimLog.open(linux); Pipe failed = linux.files.pipe()) {
            Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
            if (clone.isChild()) {
                new Program(self, args, environment(), linux.paths.getcwd(), List.of(nothing, nothing, log, listener, told),
                        Program.Ties.OWN_SESSION, why -> linux.files.write(failed.in(), why.getBytes(StandardCharsets.UTF_8)))
                        .execute(linux, mask);
            }
            clone.pidfd().orElseThrow().close();
            failed.in().close();
            String why = new String(linux.files.readAll(failed.out(), MOST_COMPLAINT), StandardCharsets.UTF_8);
            if (!why.isEmpty()) { // the end of the pipe, which is close-on-exec, says that it is executed
                throw new IllegalStateException("the serving process: " + why);
            }
            return clone.pid();
        }
    }

    /** Where containerd takes events it has told by a variable, and since 2.3 by its parameters, too. */
    private List<String> environment() {
        List<String> environment = Environment.all();
        if (!bootstrap.events().isEmpty()) {
            environment.removeIf(variable -> variable.startsWith(EVENTS));
            environment.add(EVENTS + bootstrap.events());
        }
        return environment;
    }

    /**
     * {@code schedule_core} of containerd's configuration, which it tells by a variable: on a core's hyperthreads only this shim, its
     * runtimes and containers run at a time. A cookie of core scheduling is the children's, too.
     */
    private void shareCores() {
        String wanted = System.getenv("SCHED_CORE");
        if (wanted != null && !wanted.isEmpty()) {
            try {
                linux.processes.prctl(ProcessFlags.PR_SCHED_CORE, ProcessFlags.PR_SCHED_CORE_CREATE, 0);
            } catch (KernelException e) {
                throw e.during("SCHED_CORE").hint(Errno.ENODEV, "no core of this machine has hyperthreads")
                        .hint(Errno.EINVAL, "the kernel has no core scheduling: CONFIG_SCHED_CORE, since Linux 5.14");
            }
        }
    }

    /** One more than containerd's: when memory runs out a shim goes before it, and after its containers. */
    private void score(int pid) {
        try {
            int parents = Integer.parseInt(linux.files.readText(Fd.CWD, "/proc/" + linux.processes.getppid() + "/oom_score_adj").strip());
            linux.files.writeText(Fd.CWD, "/proc/" + pid + "/oom_score_adj", Integer.toString(Math.min(MOST_OOM_SCORE, parents + 1)));
        } catch (KernelException e) {
            // EACCES: an ordinary user may not; ENOENT, ESRCH: whoever called has gone, and nobody waits for us.
            if (!e.is(Errno.EACCES) && !e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }

    /** Where containerd 1.x looks when it has been started anew. */
    private void writeAddress(String address) {
        new BundleFiles(linux, ".").write("address", address.getBytes(StandardCharsets.UTF_8));
    }
}
