package io.carafe.runtime.seccomp.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.abi.Arch;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Profiles as long as a document can be. At these sizes what goes through a list for each of its elements takes many minutes. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyRulesTest {

    private static final List<String> CALLS = List.of("read", "write", "openat", "ioctl", "fcntl", "lseek", "mmap", "prctl", "socket", "clone");

    private static long[] compile(List<Syscall> rules) {
        return BpfCompiler.compile(new Seccomp(Action.SCMP_ACT_ALLOW, OptionalLong.empty(),
                List.of(io.carafe.spec.seccomp.Arch.SCMP_ARCH_X86, io.carafe.spec.seccomp.Arch.SCMP_ARCH_X32), Optional.empty(), Optional.empty(),
                Optional.empty(), rules), Arch.X86_64);
    }

    private static Syscall rule(List<String> names, OptionalLong errno, SyscallArg... args) {
        return new Syscall(names, Action.SCMP_ACT_ERRNO, errno, List.of(args));
    }

    private static SyscallArg equal(int index, long value) {
        return new SyscallArg(index, value, 0, Operator.SCMP_CMP_EQ);
    }

    @Test
    void rules_about_one_call() {
        List<Syscall> rules = new ArrayList<>();
        for (int i = 0; i < 400_000; i++) {
            rules.add(rule(List.of("ioctl"), OptionalLong.empty(), equal(1, i)));
        }
        assertTrue(assertThrows(SpecException.class, () -> compile(rules)).getMessage().contains("at most 8192 rules with arguments"));
    }

    /** Ascending and descending ones find their places at opposite ends of the list of those before them. */
    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void arguments_of_one_rule(int step) {
        SyscallArg[] args = new SyscallArg[400_000];
        for (int i = 0; i < args.length; i++) {
            args[i] = equal(1, 500_000 + i * step);
        }
        assertThrows(SpecException.class, () -> compile(List.of(rule(List.of("ioctl"), OptionalLong.empty(), args))));
    }

    @Test
    void the_same_argument_again_and_again_is_asked_once() {
        SyscallArg[] args = new SyscallArg[400_000];
        Arrays.fill(args, new SyscallArg(0, 1, 0, Operator.SCMP_CMP_NE));
        SyscallArg[] two = {args[0], args[1]};
        assertArrayEquals(compile(List.of(rule(List.of("ioctl"), OptionalLong.empty(), two))),
                compile(List.of(rule(List.of("ioctl"), OptionalLong.empty(), args))));
    }

    /** Each call has an outcome of its own first, and then the same thousands of rules as all the others. */
    @Test
    void rules_about_all_of_many_calls() {
        List<Syscall> rules = new ArrayList<>();
        CALLS.forEach(call -> rules.add(rule(List.of(call), OptionalLong.empty(), equal(2, CALLS.indexOf(call)))));
        for (int i = 0; i < 150_000; i++) {
            rules.add(rule(CALLS, OptionalLong.empty(), equal(1, i)));
        }
        assertThrows(SpecException.class, () -> compile(rules));
    }

    @Test
    void rules_that_calls_share_are_one_piece_of_program() {
        List<Syscall> rules = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rules.add(rule(List.of("ioctl", "fcntl", "prctl"), OptionalLong.empty(), equal(1, i)));
        }
        int shared = compile(rules).length;
        int one = compile(rules.stream().map(rule -> rule(List.of("ioctl"), OptionalLong.empty(), equal(1, rule.args().get(0).value()))).toList()).length;
        assertTrue(shared < one + 100, shared + " and " + one);
    }

    @Test
    void return_values() {
        List<Syscall> different = new ArrayList<>();
        for (int i = 0; i <= 0xffff; i++) {
            different.add(new Syscall(List.of("none_such"), Action.SCMP_ACT_TRACE, OptionalLong.of(i), List.of()));
        }
        List<Syscall> rules = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rules.addAll(different);
        }
        assertTrue(compile(rules).length > 0);
    }
}
