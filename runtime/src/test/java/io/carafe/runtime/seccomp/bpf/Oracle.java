package io.carafe.runtime.seccomp.bpf;

import io.carafe.linux.abi.Arch;
import io.carafe.runtime.seccomp.BpfInterpreter;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A profile compiled by libseccomp as runc would, and runc's ENOSYS for calls that are newer than the profile before it.
 *
 * <p>Each ABI has a filter of its own, of the names that it has, and calls with a number are put in front: libseccomp 2.5.4 forgets to
 * load the number where the rule that it puts first is about a call without one, and comparisons then see the architecture instead.
 */
final class Oracle {

    private static final int ENOSYS = 0x00050000 | 38;
    private static final Set<Action> PERMISSIVE = Set.of(Action.SCMP_ACT_ALLOW, Action.SCMP_ACT_LOG, Action.SCMP_ACT_TRACE);

    private final Seccomp profile;
    private final Map<Abi, BpfInterpreter> filters = new EnumMap<>(Abi.class);
    /** For each ABI of the filter the largest number that the profile names, where newer ones get ENOSYS. */
    private final Map<Abi, Integer> newest = new EnumMap<>(Abi.class);
    private final Map<Abi, Integer> newestApart = new EnumMap<>(Abi.class);

    private Oracle(Seccomp profile) {
        this.profile = profile;
    }

    /** @return empty where libseccomp refuses the profile: rules that ask the same and answer differently (EEXIST) */
    static Optional<Oracle> of(Libseccomp libseccomp, Seccomp profile, Arch host) {
        Oracle oracle = new Oracle(profile);
        for (Abi abi : Abi.values()) {
            if (isPart(abi, profile, host) && !oracle.compile(libseccomp, abi)) {
                return Optional.empty();
            }
        }
        return Optional.of(oracle);
    }

    private boolean compile(Libseccomp libseccomp, Abi abi) {
        int byDefault = value(profile.defaultAction(), profile.defaultErrnoRet().orElse(1));
        newest.put(abi, -1);
        newestApart.put(abi, abi.apart - 1);
        try (Libseccomp.Filter filter = libseccomp.filter(byDefault)) {
            if (abi != Abi.X86_64) {
                filter.addArch(abi);
                filter.removeArch(Abi.X86_64);
            }
            for (Syscall rule : profile.syscalls()) {
                for (String name : rule.names()) {
                    boolean exists = mention(libseccomp, abi, name);
                    if (exists && value(rule.action(), rule.errnoRet().orElse(1)) != byDefault) {
                        if (!add(libseccomp, filter, rule, name)) {
                            return false;
                        }
                        putInFront(libseccomp, filter, abi, name);
                    }
                }
            }
            filters.put(abi, new BpfInterpreter(filter.export()));
        }
        if (PERMISSIVE.contains(profile.defaultAction()) || newest.get(abi) < 0) {
            newest.remove(abi);
        }
        return true;
    }

    static boolean isPart(Abi abi, Seccomp profile, Arch host) {
        return abi.host == host && (abi.isNative() || profile.architectures().contains(abi.word));
    }

    private static void putInFront(Libseccomp libseccomp, Libseccomp.Filter filter, Abi abi, String name) {
        int number = libseccomp.number(abi, name);
        boolean byMultiplexerAlone = libseccomp.isMultiplexed(abi, number) && libseccomp.directNumber(name) < 0;
        String real = !byMultiplexerAlone ? name : number > Libseccomp.IPC ? "socketcall" : "ipc";
        filter.putInFront(libseccomp.number(Abi.X86_64, real));
    }

    private static boolean add(Libseccomp libseccomp, Libseccomp.Filter filter, Syscall rule, String name) {
        int value = value(rule.action(), rule.errnoRet().orElse(1));
        // Numbers given to libseccomp are those of the machine that it was built for, also in a filter for another.
        int number = libseccomp.number(Abi.X86_64, name);
        Set<Integer> indexes = new HashSet<>();
        List<List<SyscallArg>> rules = new ArrayList<>();
        if (rule.args().stream().allMatch(arg -> indexes.add(arg.index()))) {
            rules.add(rule.args());
        } else {
            rule.args().forEach(arg -> rules.add(List.of(arg)));
        }
        return rules.stream().allMatch(args -> filter.addRule(value, number, args) == 0);
    }

    /** @return whether the ABI has a call of this name */
    private boolean mention(Libseccomp libseccomp, Abi abi, String name) {
        int number = libseccomp.number(abi, name);
        if (libseccomp.isMultiplexed(abi, number)) {
            // Both ways are ways to make the call: directly, and by socketcall or ipc.
            newest.merge(abi, libseccomp.multiplexer(number), Math::max);
            newest.merge(abi, libseccomp.directNumber(name), Math::max);
            return true;
        }
        if (number < 0) {
            return false;
        }
        int bare = number & ~abi.bit;
        (bare < abi.apart ? newest : newestApart).merge(abi, bare, Math::max);
        return true;
    }

    static int value(Action action, long errno) {
        return switch (action) {
            case SCMP_ACT_KILL, SCMP_ACT_KILL_THREAD -> 0;
            case SCMP_ACT_KILL_PROCESS -> 0x80000000;
            case SCMP_ACT_TRAP -> 0x00030000;
            case SCMP_ACT_ERRNO -> 0x00050000 | (int) errno;
            case SCMP_ACT_NOTIFY -> 0x7fc00000;
            case SCMP_ACT_TRACE -> 0x7ff00000 | (int) errno;
            case SCMP_ACT_LOG -> 0x7ffc0000;
            case SCMP_ACT_ALLOW -> 0x7fff0000;
        };
    }

    /** @return what libseccomp's filter answers, or ENOSYS where runc does not ask it; empty when the ABI is no part of the filter */
    Optional<Integer> value(Abi abi, BpfInterpreter.Call call) {
        // runc leaves calls of x32 to libseccomp where that is no part of the filter (seen with 1.1.5).
        boolean isOther = abi == Abi.X86_64 && Integer.compareUnsigned(call.nr(), Abi.X32.bit) >= 0 && call.nr() != -1;
        if (newest.containsKey(abi) && !isOther) {
            int bare = call.nr() & ~abi.bit;
            boolean isApart = Integer.compareUnsigned(bare, abi.apart) >= 0;
            if (Integer.compareUnsigned(bare, isApart ? newestApart.get(abi) : newest.get(abi)) > 0) {
                return Optional.of(ENOSYS);
            }
        }
        return Optional.ofNullable(filters.get(abi)).map(filter -> filter.value(call));
    }
}
