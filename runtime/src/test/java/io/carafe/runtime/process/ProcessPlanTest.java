package io.carafe.runtime.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.Rlimit;
import io.carafe.spec.process.User;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessPlanTest {

    private static final long ALL = -1;
    private static final Process SHELL = Process.of("/", List.of("sh"), List.of("PATH=/bin"));

    private static ProcessPlan plan(Process process) {
        return ProcessPlan.of(process, ALL, "process");
    }

    private static Process with(Rlimit... rlimits) {
        return SHELL.withRlimits(List.of(rlimits));
    }

    private static String complaint(Process process) {
        return assertThrows(SpecException.class, () -> plan(process)).getMessage();
    }

    @Test
    void args_cwd_and_env_are_checked() {
        assertEquals("process.args: expected at least one argument, found none", complaint(SHELL.withArgs(List.of())));
        assertEquals("process.cwd: expected an absolute path, found \"tmp\"", complaint(SHELL.withCwd("tmp")));
        assertEquals("process.env[1]: expected NAME=value, found \"=x\"", complaint(SHELL.withEnv(List.of("A=1", "=x"))));
    }

    @Test
    void of_a_variable_given_twice_the_last_counts_and_keeps_the_place_of_the_first() {
        assertEquals(List.of("A=3", "B=2"), plan(SHELL.withEnv(List.of("A=1", "B=2", "A=3"))).env());
    }

    @Test
    void a_variable_is_found_by_its_whole_name() {
        ProcessPlan plan = plan(SHELL.withEnv(List.of("PATHS=/x", "PATH=/bin")));
        assertEquals("/bin", plan.variable("PATH", "none"));
        assertEquals("none", plan.variable("PAT", "none"));
    }

    @Test
    void limits_are_checked_unsigned() {
        assertEquals(List.of(new ProcessPlan.Limit(RlimitType.RLIMIT_CORE, 5, -1)), plan(with(new Rlimit("RLIMIT_CORE", -1, 5))).limits());
        assertEquals("process.rlimits[0].soft: expected at most hard (5), found 18446744073709551615",
                complaint(with(new Rlimit("RLIMIT_CORE", 5, -1))));
        assertEquals("process.rlimits[1].type: expected each type once, found RLIMIT_CORE again",
                complaint(with(new Rlimit("RLIMIT_CORE", 1, 1), new Rlimit("RLIMIT_CORE", 1, 1))));
        assertThrows(SpecException.class, () -> plan(with(new Rlimit("RLIMIT_core", 1, 1))));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1000, 1000", "4294967294, -2"})
    void ids_are_unsigned_words_of_32_bits(long uid, int kernel) {
        assertEquals(kernel, plan(SHELL.withUser(User.of(uid, uid))).uid());
    }

    @Test
    void groups_and_umask_are_taken_over() {
        ProcessPlan plan = plan(SHELL.withUser(new User(1, 2, OptionalInt.of(077), List.of(3L, 4L), Optional.empty())));
        assertEquals(Optional.of(List.of(3, 4)), plan.groups());
        assertEquals(OptionalInt.of(077), plan.umask());
    }

    @Test
    void a_capability_that_is_unknown_or_not_the_callers_is_left_out_with_one_warning() {
        List<String> asked = List.of("CAP_KILL", "CAP_FLY", "CAP_CHOWN");
        ProcessPlan plan = ProcessPlan.of(SHELL.withCapabilities(new Capabilities(asked, asked, List.of(), asked, List.of())),
                Capability.CAP_KILL.bit(), "process");
        assertEquals(Capability.CAP_KILL.bit(), plan.keptBounding());
        assertEquals(new ProcessPlan.CapabilitySets(Capability.CAP_KILL.bit(), Capability.CAP_KILL.bit(), 0), plan.capabilities());
        assertEquals(List.of("process.capabilities: CAP_FLY is not known; going on without it",
                "process.capabilities: CAP_CHOWN cannot be granted: the caller does not have it; going on without it"), plan.warnings());
    }

    @Test
    void without_capabilities_nothing_is_kept() {
        ProcessPlan plan = plan(SHELL);
        assertEquals(0, plan.keptBounding());
        assertEquals(new ProcessPlan.CapabilitySets(0, 0, 0), plan.capabilities());
    }

    @Test
    void nothing_is_inheritable_unless_asked() {
        // CVE-2022-24769: a non-empty inheritable set reaches programs with file capabilities.
        List<String> kill = List.of("CAP_KILL");
        assertEquals(0, plan(SHELL.withCapabilities(new Capabilities(kill, kill, List.of(), kill, List.of()))).capabilities().inheritable());
    }

    @Test
    void ambient_is_a_part_of_permitted_and_inheritable() {
        List<String> kill = List.of("CAP_KILL");
        assertEquals(0, plan(SHELL.withCapabilities(new Capabilities(kill, kill, List.of(), kill, kill))).ambient());
        assertEquals(Capability.CAP_KILL.bit(), plan(SHELL.withCapabilities(new Capabilities(kill, kill, kill, kill, kill))).ambient());
    }

    @ParameterizedTest
    @CsvSource({"0, /root", "1000, /home/u", "1, ''", "4294967295, ''", "7, ''"})
    void home_is_that_of_the_number_and_never_of_a_name(long uid, String home) {
        // CVE-2016-3697: a user whose name is a number.
        String passwd = "root:x:0:0::/root:/bin/sh\n1:x:0:0::/evil:/bin/sh\nu:x:1000:1000::/home/u:\nshort:x:7\n";
        assertEquals(home, Passwd.home(passwd, (int) uid).orElse(""));
    }
}
