package io.carafe.runtime.cli;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cli.bundle.ProgressBar;
import io.carafe.runtime.cli.bundle.StoreDirectory;
import io.carafe.runtime.cli.list.ContainerList;
import io.carafe.runtime.cli.list.Owners;
import io.carafe.runtime.container.Bundle;
import io.carafe.runtime.container.Create;
import io.carafe.runtime.container.Delete;
import io.carafe.runtime.container.Exec;
import io.carafe.runtime.container.Kill;
import io.carafe.runtime.container.Run;
import io.carafe.runtime.container.Start;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerId;
import io.carafe.runtime.image.ImageBundle;
import io.carafe.runtime.init.SealedExecutable;
import io.carafe.runtime.rootfs.overlay.RootfsAnnotation;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.codec.ConfigJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What each verb does: one call of an operation, and the printing of its result. */
final class Commands {

    private static final Fd STDOUT = Fd.borrowed(1);
    private static final Fd STDERR = Fd.borrowed(2);
    private static final String DEFAULT_ROOT = "/run/carafe";
    private static final int OK = 0;

    private final Linux linux;
    private final Log log;
    private final CommandLine line;

    Commands(Linux linux, Log log, CommandLine line) {
        this.linux = linux;
        this.log = log;
        this.line = line;
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
            case START -> new Start(linux, root()).start(id());
            case STATE -> state();
            case KILL -> new Kill(linux, root()).send(id(), signal());
            case DELETE -> delete();
            case LIST -> print(list(new ContainerList(linux, root())));
            case BUNDLE -> bundle();
            case SPEC -> spec();
            default -> throw new IllegalStateException(verb.text);
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

    private int exec() {
        Exec.Request request = new Exec.Request(root(), id(), new ExecProcess(linux, line)::of, line.value(Flag.PID_FILE));
        Exec exec = new Exec(linux, log::warn);
        if (line.has(Flag.DETACH)) {
            exec.detached(request);
            return OK;
        }
        return exec.attached(request);
    }

    private Create.Request request() {
        return new Create.Request(root(), id(), line.value(Flag.BUNDLE).orElse("."), line.value(Flag.PID_FILE), line.has(Flag.NO_PIVOT),
                RootfsAnnotation.ofOptions(line.values(Flag.OVERLAY)));
    }

    private String id() {
        return ContainerId.of(line.arguments().get(0));
    }

    private String root() {
        Optional<String> given = line.value(Flag.ROOT);
        if (given.isPresent()) {
            return given.get();
        }
        String runtimeDir = System.getenv("XDG_RUNTIME_DIR");
        return linux.credentials.geteuid() == 0 || runtimeDir == null || runtimeDir.isEmpty() ? DEFAULT_ROOT : runtimeDir + "/carafe";
    }

    private int signal() {
        String text = line.arguments().size() > 1 ? line.arguments().get(1) : Signal.SIGTERM.name();
        return Signal.parse(text).orElseThrow(() -> new UsageException("unknown signal \"" + text + '"'));
    }

    private String list(ContainerList containers) {
        String format = line.value(Flag.FORMAT).orElse("table");
        return line.has(Flag.QUIET) ? containers.ids() : switch (format) {
            case "table" -> containers.table();
            case "json" -> containers.json();
            default -> throw new UsageException("--format: expected table or json, found \"" + format + '"');
        };
    }

    private void state() {
        Container container = Container.load(linux, root(), id());
        print(new String(container.json(new Owners(linux).name(container.state().owner())), StandardCharsets.UTF_8) + "\n");
    }

    private void delete() {
        Delete delete = new Delete(linux, root(), log::warn);
        if (line.has(Flag.FORCE)) {
            delete.force(id());
        } else {
            delete.delete(id());
        }
    }

    private void bundle() {
        String store = line.value(Flag.STORE)
                .orElseGet(() -> StoreDirectory.of(linux.credentials.geteuid() == 0, System::getenv));
        try (ProgressBar bar = ProgressBar.on(linux, STDERR)) {
            ImageBundle.make(linux, ImageBundle.Reference.parse(line.arguments().get(0)), line.arguments().get(1), store, bar);
        }
    }

    private void spec() {
        Config config = line.has(Flag.ROOTLESS) ? DefaultConfig.rootless(linux.credentials.geteuid(), linux.credentials.getegid())
                : DefaultConfig.rootful();
        String path = line.value(Flag.BUNDLE).orElse(".") + "/" + Bundle.CONFIG;
        try (Fd file = linux.files.openat(Fd.CWD, path, O_WRONLY | O_CREAT | O_EXCL, 0666)) {
            linux.files.write(file, ConfigJson.write(config));
        } catch (KernelException e) {
            throw e.hint(Errno.EEXIST, "remove it first");
        }
    }

    private void print(String text) {
        linux.files.write(STDOUT, text.getBytes(StandardCharsets.UTF_8));
    }
}
