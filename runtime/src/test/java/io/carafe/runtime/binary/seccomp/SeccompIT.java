package io.carafe.runtime.binary.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.Sys;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.User;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** linux.seccomp: what a container's program may call. */
@ExtendWith(HostUnchanged.class)
class SeccompIT {

    private static final int SIGSYS_CODE = 128 + Signal.SIGSYS.number;
    private static final int NOBODY = 65534;
    private static final int GETPRIORITY = Arch.HERE == Arch.X86_64 ? 140 : 141;
    private static final String STATUS = "grep -E '^(Seccomp|NoNewPrivs|CapEff):' /proc/self/status";

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void bundle() {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).writable();
    }

    /** Neither execve(2) is let, nor what tells of it, nor exit_group(2). */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_profile_that_lets_nothing_ends_the_container_and_keeps_nobody_waiting(boolean noNewPrivileges) {
        under(new Seccomp(Action.SCMP_ACT_ERRNO, OptionalLong.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of()))
                .args("/bin/true").process(process -> process.withNoNewPrivileges(noNewPrivileges));
        Carafe.Result result = carafe.run(bundle);
        assertNotEquals(0, result.code());
        assertTrue(result.err().contains("linux.seccomp: execve is not allowed"), result.err());
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        carafe.call("start", bundle.id());
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertEquals("", carafe.call("list", "-q").succeeds().out());
    }

    private Bundle under(Seccomp profile) {
        return bundle.linux(linux -> linux.withSeccomp(profile));
    }

    /** What the program of {@link SystemCall} says in the container. */
    private String call(Seccomp profile, Object... words) throws Exception {
        SystemCall.into(bundle);
        return carafe.run(under(profile).script("/bin/call " + List.of(words).toString().replaceAll("[\\[\\],]", ""))).succeeds().out().strip();
    }

    private static Seccomp refusing(Syscall rule) {
        return ContainerProfiles.of(Action.SCMP_ACT_ALLOW, rule);
    }

    // The profile of everyone, with every kind of process

    @ParameterizedTest
    @CsvSource({"0, few, true", "0, few, false", "0, none, true", "0, none, false", "1000, few, true", "1000, few, false", "1000, none, true",
        "1000, none, false", "0, SYS_ADMIN, true", "0, SYS_ADMIN, false", "1000, SYS_ADMIN, false"})
    void a_profile_like_dockers_works_with_run_start_and_exec(int uid, String capabilities, boolean noNewPrivileges) {
        List<String> names = switch (capabilities) {
            case "none" -> List.of();
            case "few" -> List.of("CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_AUDIT_WRITE");
            default -> List.of("CAP_SYS_ADMIN");
        };
        under(ContainerProfiles.likeDockers()).process(process -> process.withNoNewPrivileges(noNewPrivileges).withUser(User.of(uid, uid))
                .withCapabilities(new Capabilities(names, names, List.of(), names, List.of())));
        long mask = capabilities.equals("none") || uid != 0 ? 0 : capabilities.equals("few") ? 1L << 5 | 1L << 10 | 1L << 29 : 1L << 21;
        String expected = "CapEff:\t%016x\nNoNewPrivs:\t%d\nSeccomp:\t2".formatted(mask, noNewPrivileges ? 1 : 0);
        assertEquals(expected, carafe.run(bundle.script(STATUS)).succeeds().out().strip(), "run");
        bundle.args("/bin/sleep", "1000");
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            assertEquals(expected, carafe.call("exec", bundle.id(), "sh", "-c", STATUS).succeeds().out().strip(), "exec before the start");
            carafe.call("start", bundle.id()).succeeds();
            assertEquals(expected, carafe.call("exec", bundle.id(), "sh", "-c", STATUS.replace("self", "1")).succeeds().out().strip(), "start");
            assertEquals(expected, carafe.call("exec", bundle.id(), "sh", "-c", STATUS).succeeds().out().strip(), "exec");
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, true", "0, false", "1000, true", "1000, false"})
    void a_profile_with_nothing_to_spare_is_enough(int uid, boolean noNewPrivileges) {
        under(ContainerProfiles.minimal()).process(process -> process.withNoNewPrivileges(noNewPrivileges).withUser(User.of(uid, uid)))
                .args("/bin/echo", "here");
        assertEquals("here", carafe.run(bundle).succeeds().out().strip());
        // There is no accept4 in it, by which an init waits for its start.
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            assertEquals("here", carafe.call("exec", bundle.id(), "echo", "here").succeeds().out().strip());
            carafe.call("start", bundle.id()).succeeds();
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    @Test
    void a_container_has_one_filter_and_its_exec_one() throws Exception {
        under(ContainerProfiles.likeDockers()).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        String own = "Seccomp_filters:\t" + (1 + filters(Files.readString(Path.of("/proc/self/status"))));
        assertEquals(own + "\n" + own, carafe.call("exec", bundle.id(), "grep", "-h", "Seccomp_filters", "/proc/1/status", "/proc/self/status")
                .succeeds().out().strip());
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    private static int filters(String status) {
        return status.lines().filter(line -> line.startsWith("Seccomp_filters:")).mapToInt(line -> Integer.parseInt(line.split("\t")[1])).sum();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void a_startContainer_hook_runs_under_the_filter(boolean noNewPrivileges) throws Exception {
        Hook hook = new Hook("/bin/sh", List.of("sh", "-c", "grep Seccomp: /proc/self/status > /seen"), Optional.of(List.of("PATH=/bin")), OptionalInt.empty());
        List<Hook> none = List.of();
        under(ContainerProfiles.likeDockers()).config(config -> config.withHooks(new Hooks(none, none, none, List.of(hook), none, none)))
                .process(process -> process.withNoNewPrivileges(noNewPrivileges)).args("/bin/true");
        carafe.run(bundle).succeeds();
        assertEquals("Seccomp:\t2", Files.readString(bundle.rootfs().resolve("seen")).strip());
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        carafe.call("start", bundle.id()).succeeds();
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void an_ordinary_users_container_has_it_too(boolean noNewPrivileges) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = carafe.asOrdinaryUser();
        bundle = Bundle.rootless(directory, NOBODY, NOBODY).args("/bin/sleep", "1000")
                .process(process -> process.withNoNewPrivileges(noNewPrivileges));
        under(ContainerProfiles.likeDockers());
        assertEquals(0, new ProcessBuilder("chown", "-R", NOBODY + ":" + NOBODY, directory.toString()).start().waitFor());
        Path pidFile = directory.resolve("pid");
        carafe.call("create", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            carafe.call("start", bundle.id()).succeeds();
            assertTrue(Files.readString(Path.of("/proc", Files.readString(pidFile), "status")).contains("\nSeccomp:\t2\n"));
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    /** What getpriority(2) itself says: 20 less the nice value, which the container has from this process (proc(5), stat). */
    private static String priority() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        return Integer.toString(20 - Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]));
    }

    // Actions

    @ParameterizedTest
    @CsvSource({"SCMP_ACT_ERRNO, , -1", "SCMP_ACT_ERRNO, 28, -28", "SCMP_ACT_ERRNO, 0, 0", "SCMP_ACT_LOG, , made", "SCMP_ACT_ALLOW, , made",
        "SCMP_ACT_TRACE, , -38", "SCMP_ACT_TRACE, 28, -38"})
    void an_action_gives_a_call_its_outcome(Action action, Long errno, String result) throws Exception {
        Syscall rule = new Syscall(List.of("getpriority"), action, errno == null ? OptionalLong.empty() : OptionalLong.of(errno), List.of());
        Action byDefault = action == Action.SCMP_ACT_ALLOW ? Action.SCMP_ACT_LOG : Action.SCMP_ACT_ALLOW;
        assertEquals(result.equals("made") ? priority() : result, call(ContainerProfiles.of(byDefault, rule), GETPRIORITY));
    }

    @ParameterizedTest
    @CsvSource({"SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP"})
    void an_action_ends_a_program_by_SIGSYS(Action action) {
        under(refusing(ContainerProfiles.rule(action, "mkdir mkdirat"))).args("/bin/mkdir", "/new");
        assertEquals(SIGSYS_CODE, carafe.run(bundle).code());
        assertFalse(Files.exists(bundle.rootfs().resolve("new")));
    }

    @Test
    void the_default_action_may_be_to_kill() throws Exception {
        Seccomp minimal = ContainerProfiles.minimal();
        SystemCall.into(bundle);
        under(new Seccomp(Action.SCMP_ACT_KILL_PROCESS, OptionalLong.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(),
                minimal.syscalls())).args("/bin/call", Integer.toString(GETPRIORITY));
        assertEquals(SIGSYS_CODE, carafe.run(bundle).code());
    }

    // Arguments

    @ParameterizedTest
    @CsvSource({
        "SCMP_CMP_EQ, 7, 0, 7, true", "SCMP_CMP_EQ, 7, 0, 8, false", "SCMP_CMP_NE, 7, 0, 8, true", "SCMP_CMP_NE, 7, 0, 7, false",
        "SCMP_CMP_LT, 7, 0, 6, true", "SCMP_CMP_LT, 7, 0, 7, false", "SCMP_CMP_LE, 7, 0, 7, true", "SCMP_CMP_LE, 7, 0, 8, false",
        "SCMP_CMP_GE, 7, 0, 7, true", "SCMP_CMP_GE, 7, 0, 6, false", "SCMP_CMP_GT, 7, 0, 8, true", "SCMP_CMP_GT, 7, 0, 7, false",
        "SCMP_CMP_MASKED_EQ, 12, 4, 5, true", "SCMP_CMP_MASKED_EQ, 12, 4, 12, false",
        // Beyond 32 bits, and where only the low 32 are equal.
        "SCMP_CMP_EQ, 4294967303, 0, 4294967303, true", "SCMP_CMP_EQ, 4294967303, 0, 7, false", "SCMP_CMP_GT, 4294967303, 0, 8589934592, true"})
    void an_operator_compares_an_argument(Operator operator, long value, long valueTwo, long actual, boolean matches) throws Exception {
        Syscall rule = ContainerProfiles.refusing(28, "getpriority", new SyscallArg(2, value, valueTwo, operator));
        assertEquals(matches ? "-28" : priority(), call(refusing(rule), GETPRIORITY, 0, 0, actual));
    }

    // Names and ways in

    @Test
    void names_that_nobody_knows_are_passed_over() throws Exception {
        assertEquals("-28", call(refusing(ContainerProfiles.refusing(28, "no_such_call getpriority")), GETPRIORITY));
    }

    @Test
    void a_call_newer_than_the_profile_is_ENOSYS_and_one_that_it_left_out_EPERM() throws Exception {
        final int newerThanAll = 1000;
        assertEquals("-" + Errno.ENOSYS.number, call(ContainerProfiles.likeDockers(), newerThanAll));
        assertEquals("-" + Errno.EPERM.number, call(ContainerProfiles.likeDockers(), Sys.UNSHARE.nr, 0));
        assertEquals("-" + Errno.ENOSYS.number, call(ContainerProfiles.likeDockers(), Sys.CLONE3.nr, 0, 0));
    }

    @Test
    void the_32_bit_way_in_has_rules_of_its_own_or_none() throws Exception {
        assumeTrue(Arch.HERE == Arch.X86_64, "needs x86_64, whose programs can make 32-bit calls");
        final int getpid = 20;
        final int getpriority = 96;
        SystemCall.into(bundle);
        assumeTrue(carafe.run(bundle.args("/bin/call", "-32", Integer.toString(getpid))).out().strip().equals("1"),
                "needs a kernel with IA32 emulation");
        assertEquals(SIGSYS_CODE, carafe.run(under(refusing(ContainerProfiles.refusing(28, "getpriority")))).code(), "an ABI that is not listed");
        Seccomp both = new Seccomp(Action.SCMP_ACT_ALLOW, OptionalLong.empty(), List.of(io.carafe.spec.seccomp.Arch.SCMP_ARCH_X86), Optional.empty(),
                Optional.empty(), Optional.empty(), List.of(ContainerProfiles.refusing(28, "getpriority")));
        assertEquals("1", call(both, "-32", getpid));
        assertEquals("-28", call(both, "-32", getpriority));
        assertEquals("-28", call(both, GETPRIORITY));
    }

    // Complaints and the state

    @Test
    void a_complaint_about_the_profile_comes_before_anything_is_made() {
        under(refusing(new Syscall(List.of("mkdir"), Action.SCMP_ACT_KILL, OptionalLong.of(1), List.of())));
        assertTrue(carafe.run(bundle).fails().contains("linux.seccomp.syscalls[0].errnoRet"));
        assertFalse(Files.exists(carafe.root()), "not even the directory for state");
    }

    @Test
    void exec_asks_neither_the_bundle_nor_half_a_filter() throws IOException {
        under(ContainerProfiles.likeDockers()).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            Files.delete(bundle.path().resolve("config.json"));
            execsWithoutTheBundleAndRefusesHalfAFilter();
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    private void execsWithoutTheBundleAndRefusesHalfAFilter() throws IOException {
        assertEquals("Seccomp:\t2", carafe.call("exec", bundle.id(), "grep", "Seccomp:", "/proc/self/status").succeeds().out().strip());
        Path saved = carafe.root().resolve(bundle.id()).resolve("seccomp.bpf");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(saved)));
        byte[] program = Files.readAllBytes(saved);
        Files.write(saved, java.util.Arrays.copyOf(program, program.length - 8));
        assertTrue(carafe.call("exec", bundle.id(), "true").failsWith(255).contains("seccomp.bpf: expected " + program.length + " bytes"));
        Files.write(saved, java.util.Arrays.copyOf(program, program.length + 8));
        assertTrue(carafe.call("exec", bundle.id(), "true").failsWith(255).contains("seccomp.bpf"));
    }
}
