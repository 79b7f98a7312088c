package io.carafe.runtime.cli;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.cgroup.Hierarchies;
import io.carafe.runtime.cli.bundle.ProgressBar;
import io.carafe.runtime.cli.bundle.StoreDirectory;
import io.carafe.runtime.cli.bundle.StoreReport;
import io.carafe.runtime.cli.checkpoint.CriuFlags;
import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.runtime.cli.words.Verb;
import io.carafe.runtime.container.Bundle;
import io.carafe.runtime.container.ContainerMounts;
import io.carafe.runtime.container.Create;
import io.carafe.runtime.container.Create.Cgroups.Driver;
import io.carafe.runtime.container.Delete;
import io.carafe.runtime.container.Exec;
import io.carafe.runtime.container.Kill;
import io.carafe.runtime.container.Run;
import io.carafe.runtime.container.Start;
import io.carafe.runtime.container.checkpoint.Checkpoint;
import io.carafe.runtime.container.checkpoint.CheckpointRequest;
import io.carafe.runtime.container.checkpoint.Restore;
import io.carafe.runtime.container.checkpoint.RestoreRequest;
import io.carafe.runtime.container.resources.Pause;
import io.carafe.runtime.container.resources.Update;
import io.carafe.runtime.container.state.ContainerId;
import io.carafe.runtime.image.ImageBundle;
import io.carafe.runtime.init.SealedExecutable;
import io.carafe.runtime.init.stdio.StdioPlan;
import io.carafe.runtime.rootfs.overlay.RootfsAnnotation;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.Mount;
import io.carafe.spec.codec.ConfigJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What each verb does: one call of an operation. Those that only print are in {@link Reports}. */
final class Commands {

    private static final Fd STDOUT = Fd.borrowed(1);
    private static final Fd STDERR = Fd.borrowed(2);
    private static final int OK = 0;
    /** Of a number of descriptors. */
    private static final int MOST_DIGITS = 6;

    private final Linux linux;
    private final Log log;
    private final CommandLine line;
    private final CallerStrings environment;
    private final String root;

    Commands(Linux linux, Log log, CommandLine line) {
        this.linux = linux;
        this.log = log;
        this.line = line;
        this.environment = CallerStrings.of(linux.kernel);
        this.root = new StateRoot(linux).of(line.value(Flag.ROOT));
    }

    /** @return the exit code */
    int perform(Verb verb) {
        switch (verb) {
            case CREATE -> {
                new SealedExecutable(linux).ensure();
                new Create(linux, log::warn).create(request());
            }
            case RUN -> {
                new SealedExecutable(linux).ensure();
                return run();
            }
            case EXEC -> {
                new SealedExecutable(linux).ensure();
                return exec();
            }
            case START -> new Start(linux, root, log::warn).start(id(), notifySocket());
            case KILL -> kill();
            case DELETE -> delete();
            case PAUSE -> new Pause(linux, root).pause(id());
            case RESUME -> new Pause(linux, root).resume(id());
            case UPDATE -> {
                UpdatedResources asked = new UpdatedResources(linux, line);
                new Update(linux, root).update(id(), asked.read(log::warn), asked.cache());
            }
            case MOUNTS -> mounts();
            case CHECKPOINT -> checkpoint();
            case RESTORE -> {
                new SealedExecutable(linux).ensure();
                return restore();
            }
            case BUNDLE -> bundle();
            case IMAGES -> images();
            case SPEC -> spec();
            default -> new Reports(linux, root, line, log::warn).print(verb);
        }
        return OK;
    }

    private int run() {
        Run run = new Run(linux, log::warn);
        if (line.has(Flag.DETACH)) {
            run.detached(request());
            return OK;
        }
        return run.attached(request(), line.has(Flag.KEEP));
    }

    private void checkpoint() {
        CriuFlags flags = new CriuFlags(linux, line);
        new Checkpoint(linux, log::warn).checkpoint(new CheckpointRequest(root, id(), line.value(Flag.CRIU), flags.images(), line.has(Flag.PRE_DUMP),
                flags.statusFd(), flags.options(), line.has(Flag.TRUST_ANNOTATIONS)));
    }

    private int restore() {
        CriuFlags flags = new CriuFlags(linux, line);
        RestoreRequest request = new RestoreRequest(request(), line.value(Flag.CRIU), flags.images(), flags.options());
        Restore restore = new Restore(linux, log::warn);
        if (line.has(Flag.DETACH)) {
            restore.detached(request);
            return OK;
        }
        return restore.attached(request);
    }

    private int exec() {
        Exec.Request request = new Exec.Request(root, id(), new ExecProcess(linux, line)::of, line.values(Flag.CGROUP),
                line.has(Flag.IGNORE_PAUSED), line.value(Flag.PID_FILE), stdio(0), line.has(Flag.TRUST_ANNOTATIONS));
        Exec exec = new Exec(linux, log::warn);
        if (line.has(Flag.DETACH)) {
            exec.detached(request);
            return OK;
        }
        return exec.attached(request);
    }

    private Create.Request request() {
        Create.Document document = new Create.Document(line.value(Flag.BUNDLE).orElse("."), line.value(Flag.CONFIG).orElse(Bundle.CONFIG),
                RootfsAnnotation.ofOptions(line.values(Flag.OVERLAY)));
        return new Create.Request(root, id(), document, new Create.Cgroups(cgroupDriver(line), rootless()), line.has(Flag.NO_PIVOT),
                !line.has(Flag.NO_NEW_KEYRING), line.value(Flag.PID_FILE), stdio(listenFds()), notifySocket(),
                line.has(Flag.TRUST_ANNOTATIONS));
    }

    /** Only who makes a cgroup asks: managers pass --systemd-cgroup with every call. */
    static Driver cgroupDriver(CommandLine line) {
        return line.has(Flag.SYSTEMD_CGROUP) ? Driver.SYSTEMD
                : Driver.valueOf(line.value(Flag.CGROUP_MANAGER).orElse("cgroupfs").toUpperCase(Locale.ROOT));
    }

    private Optional<Boolean> rootless() {
        return line.value(Flag.ROOTLESS_CGROUP).filter(word -> !word.equals("auto")).map(Boolean::valueOf);
    }

    private StdioPlan.Request stdio(int listenFds) {
        int preserve = line.value(Flag.PRESERVE_FDS).map(text -> number(text).orElseThrow(() ->
                new UsageException("--preserve-fds: expected a number of descriptors, found \"" + text + '"'))).orElse(0);
        return new StdioPlan.Request(line.value(Flag.CONSOLE_SOCKET), line.value(Flag.PIDFD_SOCKET), preserve, listenFds);
    }

    /** sd_listen_fds(3): the variables are meant for the process that LISTEN_PID names. As runc, a container's first one gets them. */
    private int listenFds() {
        boolean meant = environment.variable("LISTEN_PID").equals(Optional.of(Integer.toString(linux.processes.getpid())));
        return meant ? environment.variable("LISTEN_FDS").flatMap(Commands::number).orElse(0) : 0;
    }

    /** sd_notify(3). */
    private Optional<String> notifySocket() {
        return environment.variable("NOTIFY_SOCKET").filter(path -> !path.isEmpty());
    }

    private static Optional<Integer> number(String text) {
        boolean plain = !text.isEmpty() && text.length() <= MOST_DIGITS;
        for (int i = 0; i < text.length(); i++) {
            plain &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return plain ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }

    private String id() {
        return ContainerId.of(line.arguments().get(0));
    }

    private void kill() {
        String text = line.arguments().size() > 1 && !line.arguments().get(1).isEmpty() ? line.arguments().get(1) : Signal.SIGTERM.name();
        int signal = Signal.parse(text).orElseThrow(() -> new UsageException("unknown signal \"" + text + '"'));
        Kill kill = new Kill(linux, root);
        named(line.arguments().subList(0, 1)).each(id -> {
            if (line.has(Flag.ALL)) {
                kill.sendToAll(id, signal);
            } else {
                kill.send(id, signal);
            }
        });
    }

    private void delete() {
        Delete delete = new Delete(linux, root, log::warn);
        named(line.arguments()).each(id -> {
            if (line.has(Flag.FORCE)) {
                delete.force(id);
            } else {
                delete.delete(id);
            }
        });
    }

    private NamedContainers named(List<String> words) {
        return line.has(Flag.REGEX) ? NamedContainers.byPattern(linux, root, words) : NamedContainers.byId(words);
    }

    private void mounts() {
        ContainerMounts mounts = new ContainerMounts(linux, root, log::warn);
        String id = ContainerId.of(line.arguments().get(1));
        List<Mount> listed = ConfigJson.readMounts(Document.read(linux, line.arguments().get(2)));
        switch (line.arguments().get(0)) {
            case "add" -> mounts.add(id, listed);
            case "remove" -> mounts.remove(id, listed);
            default -> throw new UsageException("mounts: expected add or remove, found \"" + line.arguments().get(0) + '"');
        }
    }

    private void bundle() {
        try (ProgressBar bar = ProgressBar.on(linux, STDERR)) {
            ImageBundle.make(linux, ImageBundle.Reference.parse(line.arguments().get(0)), line.arguments().get(1), store(),
                    line.has(Flag.TERMINAL), bar, text -> {
                        bar.clear();
                        log.warn(text);
                    });
        }
    }

    private String store() {
        return line.value(Flag.STORE)
                .orElseGet(() -> StoreDirectory.of(linux.credentials.geteuid() == 0, name -> environment.variable(name).orElse(null)));
    }

    private void images() {
        List<String> words = line.arguments();
        if (words.size() > 1 && !words.get(0).equals("remove")) {
            throw new UsageException("images " + words.get(0) + ": expected nothing behind it, found \"" + words.get(1) + '"');
        }
        StoreReport report = new StoreReport(linux, store(), root, log::warn);
        String text = switch (words.isEmpty() ? "list" : words.get(0)) {
            case "list" -> line.has(Flag.QUIET) ? report.ids() : line.value(Flag.FORMAT).equals(Optional.of("json")) ? report.json() : report.table();
            case "remove" -> report.remove(words.subList(1, words.size()));
            case "gc" -> report.collect();
            default -> throw new UsageException("images: expected list, remove or gc, found \"" + words.get(0) + '"');
        };
        linux.files.write(STDOUT, text.getBytes(StandardCharsets.UTF_8));
    }

    private void spec() {
        Config whole = line.has(Flag.ROOTLESS) ? DefaultConfig.rootless(linux.credentials.geteuid(), linux.credentials.getegid())
                : DefaultConfig.rootful();
        // As runc: with cgroup v1 a cgroup namespace is no habit.
        Config config = Hierarchies.probe(linux, false).isV2() ? whole : DefaultConfig.withoutCgroupNamespace(whole);
        String path = line.value(Flag.BUNDLE).orElse(".") + "/" + Bundle.CONFIG;
        try (Undo undo = new Undo(); Fd file = linux.files.openat(Fd.CWD, path, O_WRONLY | O_CREAT | O_EXCL, 0666)) {
            undo.onFailure(() -> linux.paths.unlinkat(Fd.CWD, path, 0));
            linux.files.write(file, ConfigJson.write(config));
            undo.keep();
        } catch (KernelException e) {
            throw e.hint(Errno.EEXIST, "remove it first");
        }
    }
}
