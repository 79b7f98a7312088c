package io.carafe.runtime.seccomp.bpf;

import io.carafe.runtime.seccomp.BpfInterpreter;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.ArrayList;
import java.util.List;

/** What a profile says about a call, by its text: all tests of a rule must hold, and one rule of a call. Without an order of rules. */
final class Model {

    /** A rule of a profile as it applies to one call on one ABI. */
    record Applying(int value, List<SyscallArg> args, boolean holds) {

        boolean isConditional() {
            return !args.isEmpty();
        }
    }

    private final Libseccomp libseccomp;
    private final Seccomp profile;

    Model(Libseccomp libseccomp, Seccomp profile) {
        this.libseccomp = libseccomp;
        this.profile = profile;
    }

    /** The rules about a call, in the profile's order, without those that repeat the default action. */
    List<Applying> rules(Abi abi, BpfInterpreter.Call call) {
        int byDefault = Oracle.value(profile.defaultAction(), profile.defaultErrnoRet().orElse(1));
        List<Applying> rules = new ArrayList<>();
        for (Syscall rule : profile.syscalls()) {
            int value = Oracle.value(rule.action(), rule.errnoRet().orElse(1));
            for (String name : rule.names()) {
                if (value != byDefault) {
                    add(rules, abi, call, rule, name, value);
                }
            }
        }
        return rules;
    }

    private void add(List<Applying> rules, Abi abi, BpfInterpreter.Call call, Syscall rule, String name, int value) {
        int number = libseccomp.number(abi, name);
        for (List<SyscallArg> args : alternatives(rule.args())) {
            List<SyscallArg> tests = new ArrayList<>(args);
            tests.removeIf(test -> test.op() == Operator.SCMP_CMP_MASKED_EQ && cut(abi, test.value()) == 0);
            boolean multiplexed = libseccomp.isMultiplexed(abi, number);
            if (call.nr() == (multiplexed ? libseccomp.directNumber(name) : number)) {
                rules.add(new Applying(value, List.copyOf(tests), holds(abi, call, tests)));
            }
            if (multiplexed && call.nr() == libseccomp.multiplexer(number)) {
                tests.removeIf(test -> test.index() == 0);
                tests.add(0, new SyscallArg(0, -number % 100, 0, Operator.SCMP_CMP_EQ));
                rules.add(new Applying(value, tests, holds(abi, call, tests)));
            }
        }
    }

    private static List<List<SyscallArg>> alternatives(List<SyscallArg> args) {
        if (args.stream().map(SyscallArg::index).distinct().count() == args.size()) {
            return List.of(args);
        }
        return args.stream().map(List::of).toList();
    }

    private static boolean holds(Abi abi, BpfInterpreter.Call call, List<SyscallArg> tests) {
        return tests.stream().allMatch(test -> {
            long arg = cut(abi, call.args()[test.index()]);
            int order = Long.compareUnsigned(arg, cut(abi, test.value()));
            return switch (test.op()) {
                case SCMP_CMP_NE -> order != 0;
                case SCMP_CMP_LT -> order < 0;
                case SCMP_CMP_LE -> order <= 0;
                case SCMP_CMP_EQ -> order == 0;
                case SCMP_CMP_GE -> order >= 0;
                case SCMP_CMP_GT -> order > 0;
                case SCMP_CMP_MASKED_EQ -> ((arg ^ test.valueTwo()) & cut(abi, test.value())) == 0;
            };
        });
    }

    private static long cut(Abi abi, long value) {
        return abi.wide ? value : value & 0xffffffffL;
    }
}
