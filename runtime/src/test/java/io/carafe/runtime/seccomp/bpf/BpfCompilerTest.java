package io.carafe.runtime.seccomp.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.abi.Arch;
import io.carafe.runtime.seccomp.BpfInterpreter;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a filter answers, on an x86_64 machine where nothing else is said. */
class BpfCompilerTest {

    private static final int KILL_THREAD = 0;
    private static final int KILL_PROCESS = 0x80000000;
    private static final int ALLOW = 0x7fff0000;
    private static final int EPERM = 0x00050001;
    private static final int ENOSYS = 0x00050026;
    private static final int X86_64 = 0xc000003e;
    private static final int I386 = 0x40000003;
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int MMAP = 9;

    private static int answer(Seccomp profile, int arch, int nr, long... args) {
        long[] six = Arrays.copyOf(args, 6);
        return new BpfInterpreter(BpfCompiler.compile(profile, Arch.X86_64)).value(new BpfInterpreter.Call(arch, nr, six));
    }

    private static Seccomp allowing(Action byDefault, String... names) {
        return Profiles.of(byDefault, List.of(), List.of(Profiles.rule(Action.SCMP_ACT_ALLOW, List.of(names))));
    }

    @ParameterizedTest
    @CsvSource({"SCMP_ACT_KILL, 0", "SCMP_ACT_KILL_THREAD, 0", "SCMP_ACT_KILL_PROCESS, 80000000", "SCMP_ACT_TRAP, 30000", "SCMP_ACT_ERRNO, 50001",
        "SCMP_ACT_TRACE, 7ff00001", "SCMP_ACT_LOG, 7ffc0000", "SCMP_ACT_NOTIFY, 7fc00000"})
    void every_action_has_its_return_value(Action action, String value) {
        Seccomp profile = Profiles.of(Action.SCMP_ACT_ALLOW, List.of(), List.of(Profiles.rule(action, List.of("read"))));
        assertEquals(Integer.parseUnsignedInt(value, 16), answer(profile, X86_64, READ));
        assertEquals(ALLOW, answer(profile, X86_64, WRITE));
    }

    @Test
    void an_errno_is_returned_by_actions_that_have_one() {
        Seccomp profile = Profiles.of(Action.SCMP_ACT_ALLOW, List.of(), List.of(
                new Syscall(List.of("read"), Action.SCMP_ACT_ERRNO, OptionalLong.of(4095), List.of()),
                new Syscall(List.of("write"), Action.SCMP_ACT_TRACE, OptionalLong.of(65535), List.of())));
        assertEquals(0x00050fff, answer(profile, X86_64, READ));
        assertEquals(0x7ff0ffff, answer(profile, X86_64, WRITE));
    }

    @ParameterizedTest
    @CsvSource({"SCMP_ACT_ALLOW, 1", "SCMP_ACT_KILL, 1", "SCMP_ACT_LOG, 0", "SCMP_ACT_TRAP, 1", "SCMP_ACT_NOTIFY, 1", "SCMP_ACT_ERRNO, 4096",
        "SCMP_ACT_TRACE, 65536", "SCMP_ACT_ERRNO, 4294967295"})
    void an_errno_that_an_action_cannot_have_is_refused(Action action, long errno) {
        Seccomp profile = Profiles.of(Action.SCMP_ACT_ALLOW, List.of(), List.of(Profiles.rule(Action.SCMP_ACT_LOG, List.of("write")),
                new Syscall(List.of("read"), action, OptionalLong.of(errno), List.of())));
        SpecException refused = assertThrows(SpecException.class, () -> BpfCompiler.compile(profile, Arch.X86_64));
        assertEquals("linux.seccomp.syscalls[1].errnoRet", refused.path());
    }

    @ParameterizedTest
    @CsvSource({"SCMP_CMP_NE, 5, 0, 5, false", "SCMP_CMP_NE, 5, 0, 4294967301, true", "SCMP_CMP_LT, 5, 0, 4, true", "SCMP_CMP_LT, 5, 0, 5, false",
        "SCMP_CMP_LT, 4294967296, 0, 4294967295, true", "SCMP_CMP_LT, 4294967296, 0, 4294967296, false", "SCMP_CMP_LE, 5, 0, 5, true",
        "SCMP_CMP_LE, 5, 0, 6, false", "SCMP_CMP_LE, 5, 0, 4294967296, false", "SCMP_CMP_EQ, 5, 0, 5, true", "SCMP_CMP_EQ, 5, 0, 4294967301, false",
        "SCMP_CMP_EQ, -1, 0, -1, true", "SCMP_CMP_GE, 5, 0, 5, true", "SCMP_CMP_GE, 5, 0, 4, false", "SCMP_CMP_GE, 4294967301, 0, 8589934592, true",
        "SCMP_CMP_GT, 5, 0, 5, false", "SCMP_CMP_GT, 5, 0, 6, true", "SCMP_CMP_GT, 5, 0, -1, true", "SCMP_CMP_GT, -2, 0, -1, true",
        "SCMP_CMP_MASKED_EQ, 240, 32, 47, true", "SCMP_CMP_MASKED_EQ, 240, 32, 63, false", "SCMP_CMP_MASKED_EQ, 15, 261, 5, true",
        "SCMP_CMP_MASKED_EQ, 1095216660480, 0, 255, true", "SCMP_CMP_MASKED_EQ, 1095216660480, 0, 4294967296, false",
        "SCMP_CMP_MASKED_EQ, 0, 7, 99, true"})
    void operators_compare_unsigned_64_bits(Operator op, long value, long valueTwo, long arg, boolean holds) {
        for (int index = 0; index < 6; index++) {
            Seccomp profile = Profiles.of(Action.SCMP_ACT_ALLOW, List.of(),
                    List.of(Profiles.rule(Action.SCMP_ACT_ERRNO, List.of("mmap"), new SyscallArg(index, value, valueTwo, op))));
            long[] args = new long[6];
            args[index] = arg;
            assertEquals(holds ? EPERM : ALLOW, answer(profile, X86_64, MMAP, args));
        }
    }

    @Test
    void all_conditions_of_a_rule_must_hold_and_one_rule_of_several() {
        Seccomp profile = Profiles.of(Action.SCMP_ACT_ERRNO, List.of(), List.of(
                Profiles.rule(Action.SCMP_ACT_ALLOW, List.of("mmap"), new SyscallArg(0, 1, 0, Operator.SCMP_CMP_EQ),
                        new SyscallArg(1, 2, 0, Operator.SCMP_CMP_EQ)),
                Profiles.rule(Action.SCMP_ACT_ALLOW, List.of("mmap"), new SyscallArg(2, 3, 0, Operator.SCMP_CMP_EQ))));
        assertEquals(ALLOW, answer(profile, X86_64, MMAP, 1, 2, 0));
        assertEquals(EPERM, answer(profile, X86_64, MMAP, 1, 0, 0));
        assertEquals(ALLOW, answer(profile, X86_64, MMAP, 0, 0, 3));
    }

    @Test
    void conditions_on_the_same_argument_are_rules_of_their_own_as_in_runc() {
        Seccomp profile = Profiles.of(Action.SCMP_ACT_ERRNO, List.of(), List.of(Profiles.rule(Action.SCMP_ACT_ALLOW, List.of("mmap"),
                new SyscallArg(0, 1, 0, Operator.SCMP_CMP_EQ), new SyscallArg(0, 2, 0, Operator.SCMP_CMP_EQ),
                new SyscallArg(1, 7, 0, Operator.SCMP_CMP_EQ))));
        assertEquals(ALLOW, answer(profile, X86_64, MMAP, 1, 0));
        assertEquals(ALLOW, answer(profile, X86_64, MMAP, 2, 0));
        assertEquals(ALLOW, answer(profile, X86_64, MMAP, 0, 7));
        assertEquals(EPERM, answer(profile, X86_64, MMAP, 0, 0));
    }

    @Test
    void a_rule_without_arguments_beats_those_with_and_the_first_of_them_the_others() {
        SyscallArg one = new SyscallArg(0, 1, 0, Operator.SCMP_CMP_EQ);
        Seccomp profile = Profiles.of(Action.SCMP_ACT_ERRNO, List.of(), List.of(
                Profiles.rule(Action.SCMP_ACT_KILL, List.of("read"), one), Profiles.rule(Action.SCMP_ACT_ALLOW, List.of("read")),
                Profiles.rule(Action.SCMP_ACT_LOG, List.of("read")), Profiles.rule(Action.SCMP_ACT_TRAP, List.of("read"), one)));
        assertEquals(ALLOW, answer(profile, X86_64, READ, 1));
    }

    @Test
    void a_rule_that_repeats_the_default_is_no_rule() {
        Seccomp profile = Profiles.of(Action.SCMP_ACT_ERRNO, List.of(), List.of(
                Profiles.rule(Action.SCMP_ACT_ERRNO, List.of("read")),
                Profiles.rule(Action.SCMP_ACT_ALLOW, List.of("read"), new SyscallArg(0, 1, 0, Operator.SCMP_CMP_EQ))));
        assertEquals(ALLOW, answer(profile, X86_64, READ, 1));
        assertEquals(EPERM, answer(profile, X86_64, READ, 2));
    }

    @Test
    void names_that_no_table_has_are_passed_over() {
        assertEquals(ALLOW, answer(allowing(Action.SCMP_ACT_ERRNO, "nosuchcall", "read"), X86_64, READ));
    }

    @ParameterizedTest
    @CsvSource({"SCMP_ACT_ERRNO, 50001, 50026", "SCMP_ACT_KILL, 0, 50026", "SCMP_ACT_KILL_PROCESS, 80000000, 50026", "SCMP_ACT_TRAP, 30000, 50026",
        "SCMP_ACT_TRACE, 7ff00001, 7ff00001", "SCMP_ACT_LOG, 7ffc0000, 7ffc0000"})
    void calls_newer_than_the_profile_get_ENOSYS_where_the_default_refuses(Action byDefault, String older, String newer) {
        final int faccessat2 = 439;
        Seccomp profile = allowing(byDefault, "faccessat2");
        assertEquals(ALLOW, answer(profile, X86_64, faccessat2));
        assertEquals(Integer.parseUnsignedInt(older, 16), answer(profile, X86_64, faccessat2 - 1));
        assertEquals(Integer.parseUnsignedInt(newer, 16), answer(profile, X86_64, faccessat2 + 1));
        assertEquals(Integer.parseUnsignedInt(newer, 16), answer(profile, X86_64, 100_000));
    }

    @Test
    void a_profile_that_names_no_call_refuses_all() {
        assertEquals(KILL_PROCESS, answer(Profiles.of(Action.SCMP_ACT_KILL_PROCESS, List.of(), List.of()), X86_64, 9999));
    }

    @Test
    void calls_apart_from_the_others_do_not_count_as_new() {
        // openat2 is 437 on x32, rt_sigaction 512: 440 is newer than the profile, and so is nothing up to 547.
        Seccomp profile = Profiles.of(Action.SCMP_ACT_ERRNO, List.of(io.carafe.spec.seccomp.Arch.SCMP_ARCH_X32),
                List.of(Profiles.rule(Action.SCMP_ACT_ALLOW, List.of("openat2", "rt_sigaction"))));
        int bit = 0x40000000;
        assertEquals(EPERM, answer(profile, X86_64, bit + 436));
        assertEquals(ENOSYS, answer(profile, X86_64, bit + 440));
        assertEquals(ALLOW, answer(profile, X86_64, bit + 512));
        assertEquals(ENOSYS, answer(profile, X86_64, bit + 548));
    }

    @Test
    void the_abi_of_the_machine_is_part_of_every_filter_and_others_only_where_listed() {
        Seccomp profile = allowing(Action.SCMP_ACT_ERRNO, "read");
        assertEquals(ALLOW, answer(profile, X86_64, READ));
        assertEquals(KILL_THREAD, answer(profile, I386, 3));
        Seccomp both = Profiles.of(Action.SCMP_ACT_ERRNO, List.of(io.carafe.spec.seccomp.Arch.SCMP_ARCH_X86), profile.syscalls());
        assertEquals(ALLOW, answer(both, I386, 3));
        assertEquals(EPERM, answer(both, I386, 2));
    }

    /** x32 has seccomp_data.arch of x86_64 and a bit in the number: it is another ABI all the same, whatever the default action is. */
    @ParameterizedTest
    @EnumSource(value = Action.class, names = "SCMP_ACT_NOTIFY", mode = EnumSource.Mode.EXCLUDE)
    void calls_of_x32_kill_the_thread_unless_it_is_listed(Action byDefault) {
        int bit = 0x40000000;
        Seccomp profile = Profiles.of(byDefault, List.of(io.carafe.spec.seccomp.Arch.SCMP_ARCH_X86_64), List.of(
                Profiles.rule(byDefault == Action.SCMP_ACT_ALLOW ? Action.SCMP_ACT_LOG : Action.SCMP_ACT_ALLOW, List.of("read"))));
        Seccomp nothing = Profiles.of(byDefault, List.of(), List.of());
        for (int number : new int[] {0, 1, 512, 547, 9999, 0x3fffffff}) {
            assertEquals(KILL_THREAD, answer(profile, X86_64, bit + number), "x32 " + number);
            assertEquals(KILL_THREAD, answer(nothing, X86_64, bit + number), "x32 " + number);
        }
        Seccomp listed = Profiles.of(byDefault, List.of(io.carafe.spec.seccomp.Arch.SCMP_ARCH_X32), profile.syscalls());
        assertEquals(answer(profile, X86_64, READ), answer(listed, X86_64, bit + READ));
        assertEquals(answer(profile, X86_64, 9999), answer(listed, X86_64, bit + 9999));
    }

    @Test
    void architectures_of_other_machines_may_be_listed_and_change_nothing() {
        Seccomp plain = Profiles.ofContainer();
        Seccomp listed = Profiles.ofContainer(io.carafe.spec.seccomp.Arch.SCMP_ARCH_S390X, io.carafe.spec.seccomp.Arch.SCMP_ARCH_RISCV64,
                io.carafe.spec.seccomp.Arch.SCMP_ARCH_AARCH64);
        assertArrayEquals(BpfCompiler.compile(plain, Arch.X86_64), BpfCompiler.compile(listed, Arch.X86_64));
    }

    @Test
    void a_call_through_a_multiplexer_is_told_by_its_first_argument() {
        Seccomp profile = Profiles.of(Action.SCMP_ACT_ERRNO, List.of(io.carafe.spec.seccomp.Arch.SCMP_ARCH_X86),
                List.of(Profiles.rule(Action.SCMP_ACT_ALLOW, List.of("accept", "socket"))));
        final int socketcall = 102;
        assertEquals(ALLOW, answer(profile, I386, socketcall, 1));
        assertEquals(EPERM, answer(profile, I386, socketcall, 2));
        assertEquals(ALLOW, answer(profile, I386, socketcall, 5));
        assertEquals(ALLOW, answer(profile, I386, 359));
    }

    @Test
    void a_program_that_the_kernel_would_not_take_is_refused() {
        List<Syscall> rules = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            rules.add(Profiles.rule(Action.SCMP_ACT_ALLOW, List.of("ioctl"), new SyscallArg(1, 3L * i << 32 | i, 0, Operator.SCMP_CMP_EQ)));
        }
        SpecException refused = assertThrows(SpecException.class,
                () -> BpfCompiler.compile(Profiles.of(Action.SCMP_ACT_ERRNO, List.of(), rules), Arch.X86_64));
        assertEquals("linux.seccomp", refused.path());
    }

    @Test
    void the_filter_of_a_container_is_short_and_quick_to_walk() {
        Seccomp profile = Profiles.ofContainer(io.carafe.spec.seccomp.Arch.SCMP_ARCH_X86, io.carafe.spec.seccomp.Arch.SCMP_ARCH_X32);
        long[] program = BpfCompiler.compile(profile, Arch.X86_64);
        assertTrue(program.length <= 280, program.length + " instructions");
        BpfInterpreter filter = new BpfInterpreter(program);
        int steps = IntStream.range(0, 600).map(nr -> filter.run(new BpfInterpreter.Call(X86_64, nr, 0, 0, 0, 0, 0, 0)).steps()).max().orElseThrow();
        assertTrue(steps <= 20, steps + " instructions for one call");
    }

    @Test
    void the_kernel_can_tell_without_running_the_filter_which_calls_are_always_allowed() {
        BpfInterpreter filter = new BpfInterpreter(BpfCompiler.compile(
                Profiles.ofContainer(io.carafe.spec.seccomp.Arch.SCMP_ARCH_X86, io.carafe.spec.seccomp.Arch.SCMP_ARCH_X32), Arch.X86_64));
        int allowed = 0;
        for (int nr = 0; nr < 600; nr++) {
            BpfInterpreter.Result result = filter.run(new BpfInterpreter.Call(X86_64, nr, 0, 0, 0, 0, 0, 0));
            boolean tested = nr == 41 || nr == 56 || nr == 135; // socket, clone, personality
            assertEquals(!tested, result.constant(), "number " + nr);
            allowed += result.value() == ALLOW ? 1 : 0;
        }
        assertTrue(allowed > 250, allowed + " allowed");
    }
}
