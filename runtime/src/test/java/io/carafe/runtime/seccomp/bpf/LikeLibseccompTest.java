package io.carafe.runtime.seccomp.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.abi.Arch;
import io.carafe.runtime.seccomp.BpfInterpreter;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same profile and the same call get the same answer from libseccomp's filter and from ours, both run by an interpreter. */
class LikeLibseccompTest {

    /** Around the borders of 32 and of 64 bits, and some that commonly stand in profiles. */
    private static final long[] VALUES = {0, 1, 2, 3, 5, 15, 40, 0x20008, 0x7e020000L, 0x7fffffffL, 0x80000000L, 0xffffffffL,
        0x100000000L, 0x100000001L, 0x100000005L, 0x500000000L, 0x7fffffffffffffffL, 0x8000000000000000L, -1L};
    /** On all ABIs, on some, by a multiplexer, apart from the others (x32, arm), on none. */
    private static final List<String> NAMES = List.of("read", "socket", "accept", "ioctl", "clone", "personality", "semop", "shmget", "rt_sigaction",
        "ipc", "socketcall", "futex", "openat2", "arch_prctl", "set_tls", "mmap", "mmap2", "waitpid", "recv", "fcntl", "nosuchcall");
    /** Of those no two that share a multiplexer. */
    private static final List<String> SEPARATE_NAMES = List.of("read", "socket", "ioctl", "clone", "semop", "rt_sigaction", "futex", "openat2",
            "arch_prctl", "set_tls", "mmap", "waitpid", "nosuchcall");
    private static final Operator[] EQUALITY = {Operator.SCMP_CMP_EQ, Operator.SCMP_CMP_MASKED_EQ};
    private static final int MANY = 50_000;
    private static final int MOST_NUMBERS = 600;

    private Libseccomp libseccomp;

    @BeforeEach
    void libseccomp_is_installed() {
        Optional<Libseccomp> found = Libseccomp.find();
        assumeTrue(found.isPresent(), "needs libseccomp.so.2 (Debian: libseccomp2)");
        libseccomp = found.get();
    }

    @Test
    void one_rule_a_call_with_any_operator_gives_libseccomps_answers() {
        int compared = 0;
        for (int seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed);
            List<String> names = new ArrayList<>(SEPARATE_NAMES);
            Collections.shuffle(names, random);
            List<Syscall> rules = new ArrayList<>();
            while (!names.isEmpty()) {
                rules.add(rule(random, List.of(names.remove(0)), Operator.values(), true));
            }
            compared += compare("seed " + seed, profile(random, rules), random, 200);
        }
        assertTrue(compared > MANY, compared + " calls were compared");
    }

    @Test
    void many_rules_a_call_about_equality_give_libseccomps_answers() {
        int compared = 0;
        for (int seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed);
            compared += compare("seed " + seed, profile(random, rules(random, NAMES, 12, EQUALITY)), random, 200);
        }
        assertTrue(compared > MANY, compared + " calls were compared");
    }

    @Test
    void profiles_too_long_for_jumps_of_8_bits_give_libseccomps_answers() {
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            compare("seed " + seed, profile(random, rules(random, allNames(), 200, EQUALITY)), random, 5000);
        }
    }

    /**
     * libseccomp 2.5.4 is no judge where several rules about one call compare by order: of {@code a0 > 0x100000005} and
     * {@code a0 <= 40} its filter takes 0x7fffffff for one that holds, and of some such rules it never makes a filter at all.
     */
    @Test
    void any_rules_give_what_the_profile_says() {
        for (int seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed);
            Seccomp profile = profile(random, rules(random, seed % 10 == 0 ? allNames() : NAMES, seed % 10 == 0 ? 200 : 12, Operator.values()));
            Arch host = hostOf(random);
            BpfInterpreter ours = new BpfInterpreter(BpfCompiler.compile(profile, host));
            for (int i = 0; i < 200; i++) {
                Abi abi = Abi.at(random.nextInt(Abi.count()));
                if (Oracle.isPart(abi, profile, host)) {
                    BpfInterpreter.Call call = call(random, abi, profile);
                    checkAgainstText(new Model(libseccomp, profile).rules(abi, call), ours.value(call), "seed " + seed + ": " + abi + " " + call);
                }
            }
        }
    }

    @Test
    void the_profile_of_a_container_gives_libseccomps_answers_for_every_number() {
        Seccomp profile = withoutNewerThanLibseccomp(Profiles.ofContainer(io.carafe.spec.seccomp.Arch.values()));
        for (Arch host : Arch.values()) {
            Oracle oracle = Oracle.of(libseccomp, profile, host).orElseThrow();
            BpfInterpreter ours = new BpfInterpreter(BpfCompiler.compile(profile, host));
            for (Abi abi : Abi.values()) {
                for (int number = 0; abi.host == host && number < MOST_NUMBERS; number++) {
                    for (long arg : VALUES) {
                        BpfInterpreter.Call call = new BpfInterpreter.Call(abi.audit, abi.bit + number, arg, arg, 0, 0, 0, 0);
                        assertEquals(oracle.value(abi, call).orElseThrow(), ours.value(call), abi + " " + call);
                    }
                }
            }
        }
    }

    @Test
    void a_call_that_a_tracer_skips_and_calls_of_x32_where_it_is_no_part_get_libseccomps_answers() {
        for (Action byDefault : List.of(Action.SCMP_ACT_ALLOW, Action.SCMP_ACT_ERRNO, Action.SCMP_ACT_KILL, Action.SCMP_ACT_TRAP, Action.SCMP_ACT_LOG)) {
            Action other = byDefault == Action.SCMP_ACT_ALLOW ? Action.SCMP_ACT_ERRNO : Action.SCMP_ACT_ALLOW;
            Seccomp profile = Profiles.of(byDefault, List.of(), List.of(Profiles.rule(other, List.of("read"))));
            Oracle oracle = Oracle.of(libseccomp, profile, Arch.X86_64).orElseThrow();
            BpfInterpreter ours = new BpfInterpreter(BpfCompiler.compile(profile, Arch.X86_64));
            for (int nr : new int[] {-1, -2, 0x40000000, 0x40000001, 0x3fffffff, 0x80000000, 0, 1}) {
                BpfInterpreter.Call call = new BpfInterpreter.Call(Abi.X86_64.audit, nr, 0, 0, 0, 0, 0, 0);
                assertEquals(oracle.value(Abi.X86_64, call).orElseThrow(), ours.value(call), byDefault + " " + Integer.toHexString(nr));
            }
        }
    }

    /** @return how many calls were compared */
    private int compare(String what, Seccomp profile, Random random, int calls) {
        Arch host = hostOf(random);
        BpfInterpreter ours = new BpfInterpreter(BpfCompiler.compile(profile, host));
        Optional<Oracle> oracle = Oracle.of(libseccomp, profile, host);
        int compared = 0;
        for (int i = 0; i < calls && oracle.isPresent(); i++) {
            Abi abi = Abi.at(random.nextInt(Abi.count()));
            if (Oracle.isPart(abi, profile, host)) {
                BpfInterpreter.Call call = call(random, abi, profile);
                assertEquals(oracle.get().value(abi, call).orElseThrow(), ours.value(call), what + ": " + abi + " " + call);
                compared++;
            }
        }
        return compared;
    }

    /** Where rules contradict each other any of them may decide; a rule without arguments beats those with. */
    private static void checkAgainstText(List<Model.Applying> rules, int answer, String context) {
        if (rules.stream().allMatch(Model.Applying::isConditional)) {
            Set<Integer> values = rules.stream().filter(Model.Applying::holds).map(Model.Applying::value).collect(Collectors.toSet());
            assertTrue(values.isEmpty() || values.contains(answer), () -> context + ", of " + rules);
            assertTrue(!values.isEmpty() || rules.stream().noneMatch(rule -> rule.value() == answer), () -> context + ", of " + rules);
        } else {
            assertEquals(rules.stream().filter(rule -> !rule.isConditional()).findFirst().orElseThrow().value(), answer, context);
        }
    }

    private Seccomp withoutNewerThanLibseccomp(Seccomp profile) {
        List<Syscall> rules = new ArrayList<>();
        for (Syscall rule : profile.syscalls()) {
            List<String> names = new ArrayList<>(rule.names());
            names.removeIf(name -> libseccomp.number(Abi.X86_64, name) == Libseccomp.UNKNOWN);
            rules.add(new Syscall(names, rule.action(), rule.errnoRet(), rule.args()));
        }
        return Profiles.of(profile.defaultAction(), profile.architectures(), rules);
    }

    private static Arch hostOf(Random random) {
        return random.nextInt(3) == 0 ? Arch.AARCH64 : Arch.X86_64;
    }

    private static Seccomp profile(Random random, List<Syscall> rules) {
        List<io.carafe.spec.seccomp.Arch> architectures = new ArrayList<>();
        for (Abi abi : Abi.values()) {
            if (random.nextInt(3) > 0) {
                architectures.add(abi.word);
            }
        }
        Action byDefault = Action.values()[random.nextInt(Action.values().length)];
        return new Seccomp(byDefault, errno(random, byDefault), architectures, Optional.empty(), Optional.empty(), Optional.empty(), rules);
    }

    private static List<Syscall> rules(Random random, List<String> names, int most, Operator[] operators) {
        List<Syscall> rules = new ArrayList<>();
        for (int n = random.nextInt(most); n >= 0; n--) {
            List<String> some = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                some.add(names.get(random.nextInt(names.size())));
            }
            rules.add(rule(random, some, operators, false));
        }
        return rules;
    }

    private static Syscall rule(Random random, List<String> names, Operator[] operators, boolean eachArgumentOnce) {
        List<Integer> indexes = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
        Collections.shuffle(indexes, random);
        List<SyscallArg> args = new ArrayList<>();
        for (int n = random.nextInt(4); n > 0; n--) {
            args.add(new SyscallArg(eachArgumentOnce ? indexes.get(n) : random.nextInt(3), value(random), value(random),
                    operators[random.nextInt(operators.length)]));
        }
        Action action = Action.values()[random.nextInt(Action.values().length)];
        return new Syscall(names, action, errno(random, action), args);
    }

    private List<String> allNames() {
        List<String> names = new ArrayList<>();
        SyscallTable.names().forEach(names::add);
        names.removeIf(name -> libseccomp.number(Abi.X86_64, name) == Libseccomp.UNKNOWN);
        Collections.sort(names);
        return names;
    }

    private static OptionalLong errno(Random random, Action action) {
        boolean has = action == Action.SCMP_ACT_ERRNO || action == Action.SCMP_ACT_TRACE;
        return has && random.nextBoolean() ? OptionalLong.of(random.nextInt(200)) : OptionalLong.empty();
    }

    private static long value(Random random) {
        return VALUES[random.nextInt(VALUES.length)];
    }

    /** Mostly of a name of the profile, mostly with arguments at or beside its values. */
    private BpfInterpreter.Call call(Random random, Abi abi, Seccomp profile) {
        List<String> names = profile.syscalls().get(random.nextInt(profile.syscalls().size())).names();
        String name = names.get(random.nextInt(names.size()));
        int nr = libseccomp.number(abi, name);
        if (libseccomp.isMultiplexed(abi, nr)) {
            nr = random.nextBoolean() ? libseccomp.multiplexer(nr) : libseccomp.directNumber(name);
        }
        if (nr < 0 || random.nextInt(10) == 0) {
            nr = abi.bit + random.nextInt(MOST_NUMBERS);
        }
        long[] args = new long[6];
        for (int i = 0; i < args.length; i++) {
            args[i] = value(random) + (random.nextInt(4) == 0 ? random.nextInt(3) - 1 : 0);
            // Registers of 32 bits reach the filter with zeros above; those of x32 have 64.
            args[i] &= abi.wide || abi == Abi.X32 ? -1L : 0xffffffffL;
        }
        return new BpfInterpreter.Call(abi.audit, nr, args);
    }
}
