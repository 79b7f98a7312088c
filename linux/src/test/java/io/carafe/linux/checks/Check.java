package io.carafe.linux.checks;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.checks.process.KeyringsChecks;
import io.carafe.linux.checks.process.OldKernelChecks;
import io.carafe.linux.checks.process.SchedulingChecks;
import io.carafe.linux.checks.socket.NetlinkChecks;
import io.carafe.linux.checks.terminal.TerminalsChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One sentence about a wrapper, and the calls that show it.
 *
 * @param name the family, a colon, the sentence
 * @param body throws whatever it likes when the sentence does not hold, and {@link Expect.Unmet} when this machine cannot show it
 */
public record Check(String name, Set<Need> needs, Consumer<Linux> body) {

    /** What not every process can offer. */
    public enum Need {
        /** Forks, or changes what all threads share: only an image may. */
        ONE_THREAD,
        ROOT
    }

    /** The checks of every family. */
    public static List<Check> all() {
        List<Check> all = new ArrayList<>();
        all.addAll(FilesChecks.all());
        all.addAll(PathsChecks.all());
        all.addAll(MountsChecks.all());
        all.addAll(NamespacesChecks.all());
        all.addAll(ProcessesChecks.all());
        all.addAll(CredentialsChecks.all());
        all.addAll(SchedulingChecks.all());
        all.addAll(KeyringsChecks.all());
        all.addAll(SocketsChecks.all());
        all.addAll(TerminalsChecks.all());
        all.addAll(NetlinkChecks.all());
        all.addAll(OldKernelChecks.all());
        return all;
    }

    public static Check of(String name, Consumer<Linux> body) {
        return new Check(name, Set.of(), body);
    }

    public static Check alone(String name, Consumer<Linux> body) {
        return new Check(name, Set.of(Need.ONE_THREAD), body);
    }

    Check asRoot() {
        return new Check(name, needs.isEmpty() ? Set.of(Need.ROOT) : Set.of(Need.ROOT, Need.ONE_THREAD), body);
    }

    /**
     * Runs the body.
     *
     * @return why it could not be tried here; empty when the sentence holds
     */
    public Optional<String> run(Linux linux) {
        if (needs.contains(Need.ONE_THREAD) && linux.files.list(Fd.CWD, "/proc/self/task").size() > 1) {
            return Optional.of("only in a process of one thread: an image");
        }
        if (needs.contains(Need.ROOT) && linux.credentials.geteuid() != 0) {
            return Optional.of("only as root");
        }
        try {
            body.accept(linux);
            return Optional.empty();
        } catch (Expect.Unmet unmet) {
            return Optional.of(unmet.getMessage());
        }
    }
}
