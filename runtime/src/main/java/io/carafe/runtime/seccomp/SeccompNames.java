package io.carafe.runtime.seccomp;

import io.carafe.linux.abi.SeccompFlags;
import io.carafe.linux.call.Linux;
import io.carafe.spec.features.SeccompFeatures;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Arch;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.SeccompFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words of {@code linux.seccomp}: what {@code features} tells about them. */
public final class SeccompNames {

    private SeccompNames() {
    }

    /** Every word that a profile may have, sorted, and of the flags those that this kernel has too. */
    public static SeccompFeatures features(Linux linux) {
        List<String> actions = new ArrayList<>();
        for (Action action : Action.values()) {
            actions.add(action.text());
        }
        List<String> operators = new ArrayList<>();
        for (Operator operator : Operator.values()) {
            operators.add(operator.text());
        }
        List<String> archs = new ArrayList<>();
        for (Arch arch : Arch.values()) {
            archs.add(arch.text());
        }
        List<String> known = new ArrayList<>();
        List<String> supported = new ArrayList<>();
        for (SeccompFlag flag : SeccompFlag.values()) {
            known.add(flag.text());
            if (linux.bpf.hasSeccompFlag(probe(flag))) {
                supported.add(flag.text());
            }
        }
        return new SeccompFeatures(Optional.of(true), sorted(actions), sorted(operators), sorted(archs), sorted(known), sorted(supported));
    }

    private static Optional<List<String>> sorted(List<String> words) {
        words.sort(null);
        return Optional.of(words);
    }

    /** What to ask the kernel for: WAIT_KILLABLE_RECV is EINVAL without a listener, known or not. */
    private static int probe(SeccompFlag flag) {
        return flag == SeccompFlag.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV ? flag(flag) | SeccompFlags.SECCOMP_FILTER_FLAG_NEW_LISTENER
                : flag(flag);
    }

    static int flag(SeccompFlag flag) {
        return switch (flag) {
            case SECCOMP_FILTER_FLAG_TSYNC -> SeccompFlags.SECCOMP_FILTER_FLAG_TSYNC;
            case SECCOMP_FILTER_FLAG_LOG -> SeccompFlags.SECCOMP_FILTER_FLAG_LOG;
            case SECCOMP_FILTER_FLAG_SPEC_ALLOW -> SeccompFlags.SECCOMP_FILTER_FLAG_SPEC_ALLOW;
            case SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV -> SeccompFlags.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
        };
    }
}
