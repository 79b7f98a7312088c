package io.carafe.runtime.binary.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.abi.Sys;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.Mount;
import io.carafe.spec.process.ExecCPUAffinity;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container's processes and hooks have of who calls carafe: the table of docs/decisions/lifecycle.md, looked at from inside. */
@ExtendWith(HostUnchanged.class)
class InheritedIT {

    private static final List<String> IN_A_MOUNT_NAMESPACE = List.of("unshare", "--mount", "--propagation", "private");
    private static final String CPUS = "grep Cpus_allowed_list: /proc/self/status";

    @TempDir
    private Path directory;
    private Carafe plain;
    private Bundle bundle;

    @BeforeEach
    void bundle() throws IOException {
        plain = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).writable();
        Files.createDirectory(bundle.rootfs().resolve("usr"));
        List<Mount> mounts = new ArrayList<>(bundle.config().mounts());
        mounts.add(Mount.of("/usr", "bind", "/usr", "rbind", "ro"));
        // Where these are links into /usr, as where they are not.
        for (String libraries : List.of("/lib", "/lib64")) {
            if (Files.exists(Path.of(libraries))) {
                Files.createDirectory(bundle.rootfs().resolve(libraries.substring(1)));
                mounts.add(Mount.of(libraries, "bind", libraries, "rbind", "ro"));
            }
        }
        bundle.config(config -> config.withMounts(mounts)).process(process -> process.withEnv(List.of("PATH=/bin:/usr/bin")));
    }

    @AfterEach
    void deleted() {
        plain.call("delete", "--force", bundle.id()).succeeds();
    }

    private Carafe behind(List<String> caller) {
        return plain.behind(Stream.concat(caller.stream(), IN_A_MOUNT_NAMESPACE.stream()).toArray(String[]::new));
    }

    /** A caller that does something to itself first. */
    private static List<String> perl(String code) {
        return List.of("perl", "-e", code + "; exec @ARGV or die;");
    }

    private static String prctl(int option, int... arguments) {
        StringBuilder call = new StringBuilder("syscall(" + Sys.PRCTL.nr + ", " + option);
        for (int i = 0; i < 4; i++) {
            call.append(", ").append(i < arguments.length ? arguments[i] : 0);
        }
        return call.append(")").toString();
    }

    /** What a shell script prints there. @param place run, exec, or a kind of hooks */
    private String printed(List<String> caller, String place, String script) throws IOException {
        Carafe carafe = behind(caller);
        if (place.equals("run")) {
            return carafe.run(bundle.script(script)).succeeds().out().strip();
        }
        if (place.equals("exec")) {
            plain.call("run", "--detach", "--bundle", bundle.args("/bin/sleep", "1000").path().toString(), bundle.id()).succeeds();
            return carafe.call("exec", bundle.id(), "/bin/sh", "-c", script).succeeds().out().strip();
        }
        boolean inside = place.equals("startContainer");
        Path seen = inside ? bundle.rootfs().resolve("seen") : directory.resolve("seen");
        List<Hook> hook = List.of(new Hook("/bin/sh", List.of("sh", "-c", "(" + script + ") > " + (inside ? "/seen" : seen)),
                Optional.of(List.of("PATH=/bin:/usr/bin")), OptionalInt.empty()));
        List<Hook> none = List.of();
        bundle.args("/bin/true").config(config -> config.withHooks(new Hooks(place.equals("prestart") ? hook : none,
                place.equals("createRuntime") ? hook : none, place.equals("createContainer") ? hook : none, inside ? hook : none,
                place.equals("poststart") ? hook : none, place.equals("poststop") ? hook : none)));
        carafe.run(bundle).succeeds();
        return Files.readString(seen).strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "exec", "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"})
    void no_signal_is_ignored_or_blocked_whatever_the_caller_has(String place) throws IOException {
        List<String> caller = perl("use POSIX (); for my $s (1..64) { eval { POSIX::sigaction($s, POSIX::SigAction->new('IGNORE')) } } "
                + "POSIX::sigprocmask(POSIX::SIG_BLOCK, POSIX::SigSet->new(1..31))");
        assertEquals("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000",
                printed(caller, place, "exec grep -E '^Sig(Blk|Ign)' /proc/self/status"));
    }

    /** SIGCHLD that is ignored makes the kernel reap: nobody would learn of the end (wait(2), Notes). */
    @Test
    void a_caller_that_ignores_the_end_of_children_gets_the_exit_code() {
        List<String> caller = perl("$SIG{CHLD} = 'IGNORE'");
        assertEquals(7, behind(caller).run(bundle.script("exit 7")).code());
        plain.call("run", "--detach", "--bundle", bundle.args("/bin/sleep", "1000").path().toString(), bundle.id()).succeeds();
        assertEquals(8, behind(caller).call("exec", bundle.id(), "sh", "-c", "exit 8").code());
    }

    private static String host(List<String> caller, String script) throws IOException {
        List<String> command = new ArrayList<>(caller);
        command.addAll(List.of("sh", "-c", script));
        Process process = new ProcessBuilder(command).redirectInput(new File("/dev/null")).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "exec"})
    void the_cpus_are_those_of_the_cpuset(String place) throws IOException {
        String all = host(List.of(), CPUS);
        String first = all.split("\t")[1].split("[-,]")[0];
        List<String> caller = List.of("taskset", "-c", first);
        assumeTrue(!host(caller, CPUS).equals(all), "there is one CPU only");
        assertEquals(all, printed(caller, place, CPUS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"initial", "final"})
    void an_exec_that_names_its_cpus_has_them(String which) throws IOException {
        String all = host(List.of(), CPUS).split("\t")[1];
        String last = all.split("[-,]")[all.split("[-,]").length - 1];
        assumeTrue(!last.equals(all), "there is one CPU only");
        bundle.process(process -> process.withExecCPUAffinity(new ExecCPUAffinity(which.equals("initial") ? Optional.of(last) : Optional.empty(),
                which.equals("final") ? Optional.of(last) : Optional.empty())));
        assertEquals("Cpus_allowed_list:\t" + last, printed(List.of(), "exec", CPUS));
    }

    /** An attribute that the kernel hands on, through clone3(2) and execve(2): how a caller gets another, and where it is read. */
    record Kept(String name, List<String> caller, String script) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Kept> kept() {
        return List.of(
                new Kept("nice", List.of("nice", "-n", "5"), "stat=$(cat /proc/self/stat); set -- ${stat##*) }; echo ${17}"),
                new Kept("I/O priority", List.of("ionice", "-c", "2", "-n", "6"), "ionice -p $$"),
                new Kept("umask", List.of("sh", "-c", "umask 027; exec \"$@\"", "sh"), "umask"),
                new Kept("limits", List.of("prlimit", "--core=12288:24576"), "grep 'core file' /proc/self/limits"),
                new Kept("OOM score", List.of("choom", "-n", "300", "--"), "cat /proc/self/oom_score_adj"),
                new Kept("personality", List.of("setarch", "-R"), "cat /proc/self/personality"),
                new Kept("core dump filter", List.of("sh", "-c", "echo 7 > /proc/self/coredump_filter; exec \"$@\"", "sh"),
                        "cat /proc/self/coredump_filter"),
                new Kept("timer slack", perl(prctl(29, 77777)), "cat /proc/self/timerslack_ns"),
                new Kept("transparent huge pages", perl(prctl(41, 1)), "grep THP_enabled /proc/self/status"),
                new Kept("speculation", perl(prctl(53, 0, 4)), "grep Speculation_Store_Bypass /proc/self/status"),
                new Kept("securebits", perl(prctl(28, 4)), "perl -e 'print " + prctl(27) + "'"));
    }

    @ParameterizedTest
    @MethodSource("kept")
    void what_the_kernel_hands_on_stays(Kept row) throws IOException {
        String expected = host(row.caller, row.script);
        assumeTrue(!expected.equals(host(List.of(), row.script)), "this machine knows no other value than " + expected);
        assertEquals(expected, printed(row.caller, "run", row.script));
        assertEquals(expected, printed(row.caller, "exec", row.script));
    }

    /** What a program starts without, whatever its caller has; a child of it, too. */
    @ParameterizedTest
    @ValueSource(strings = {"run", "exec", "createRuntime"})
    void nothing_else_of_the_caller_is_there(String place) throws IOException {
        int setitimer = Sys.PRCTL.nr == 157 ? 38 : 103;
        int getitimer = Sys.PRCTL.nr == 157 ? 36 : 102;
        int sigaltstack = Sys.PRCTL.nr == 157 ? 131 : 132;
        List<String> caller = perl(String.join("; ", prctl(1, 15), prctl(36, 1), prctl(4, 0),
                "my $t = pack('q4', 0, 0, 1000, 0); syscall(" + setitimer + ", 1, $t, 0)"));
        String script = "perl -e 'my $b = \"\\0\" x 32; " + prctl(2) .replaceFirst("2, 0", "2, \\$b") + "; print unpack(\"i\", $b), \" \"; "
                + "$b = \"\\0\" x 32; " + prctl(37).replaceFirst("37, 0", "37, \\$b") + "; print unpack(\"i\", $b), \" \"; "
                + "print " + prctl(3) + ", \" \", " + prctl(7) + ", \" \"; "
                + "$b = \"\\0\" x 32; syscall(" + getitimer + ", 1, $b); print join(\",\", unpack(\"q4\", $b)), \" \"; "
                + "$b = \"\\0\" x 32; syscall(" + sigaltstack + ", 0, $b); print unpack(\"x8 i\", $b)'";
        // PR_SET_PDEATHSIG, the subreaper, whether it is dumpable, PR_SET_KEEPCAPS, ITIMER_VIRTUAL, SS_DISABLE
        assertEquals("0 0 1 0 0,0,0,0 2", printed(caller, place, script));
    }
}
