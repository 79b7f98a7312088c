package io.carafe.benchmarks.condition;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** {@code run} by an ordinary user, in a user namespace of its own id. Everybody's time has that of setpriv(1) in it, which executes the runtime. */
public class RunRootless extends Rounds {

    private static final int USER = 65534;
    private static final List<String> AS_USER = List.of("/usr/bin/setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--inh-caps=-all");

    private Path bundle;

    @Override
    protected boolean mayBeWithout() {
        return true;
    }

    @Override
    protected void prepare(OciRuntime runtime) {
        try {
            // The way to the bundle, and to the state that is the user's.
            Files.setPosixFilePermissions(work.folder(), PosixFilePermissions.fromString("rwx--x--x"));
            Files.setPosixFilePermissions(work.states(), PosixFilePermissions.fromString("rwx--x--x"));
            Config rootless = DefaultConfig.rootless(USER, USER);
            bundle = work.bundle("rootless", config -> config.withMounts(rootless.mounts()).withLinux(rootless.linux().orElseThrow()));
            Path states = Files.createDirectories(users(runtime).states());
            Files.setAttribute(states, "unix:uid", USER);
            // A user cannot execute what lies below somebody else's home.
            Files.copy(runtime.binary(), users(runtime).binary(), StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        launcher.time(command(runtime));
    }

    private OciRuntime users(OciRuntime runtime) {
        return new OciRuntime(runtime.name(), work.folder().resolve(runtime.name() + ".user"), work.states().resolve(runtime.name() + ".user"));
    }

    private List<String> command(OciRuntime runtime) {
        List<String> command = new ArrayList<>(AS_USER);
        command.addAll(users(runtime).run(bundle, work.id(runtime)));
        return command;
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        measure(measure, "run as a user", runtime.name(), command(runtime));
    }
}
