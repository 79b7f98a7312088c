package io.carafe.runtime.seccomp.bpf;

import io.carafe.linux.abi.Arch;
import io.carafe.linux.fuzz.Told;
import io.carafe.runtime.seccomp.BpfInterpreter.Call;
import io.carafe.runtime.seccomp.BpfInterpreter;
import io.carafe.runtime.seccomp.SeccompPlan;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.SyscallArg;
import java.nio.charset.StandardCharsets;

/**
 * A profile, the value of linux.seccomp: compiled for both machines. The program is one that the kernel takes, every call gets an
 * answer, and of a profile without rules about arguments the one that its first rule about the call says.
 */
public final class SeccompFuzzTarget {

    private static final int MOST_CALLS = 400;

    private SeccompFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] json) {
        String config = "{\"ociVersion\":\"1.0.0\",\"linux\":{\"seccomp\":" + new String(json, StandardCharsets.UTF_8) + "}}";
        Seccomp profile = Told.orNull(() -> ConfigJson.read(config.getBytes(StandardCharsets.UTF_8)).linux().orElseThrow().seccomp().orElse(null),
                SpecException.class);
        if (profile == null) {
            return;
        }
        for (Arch machine : Arch.values()) {
            SeccompPlan plan = Told.orNull(() -> SeccompPlan.of(profile, machine), SpecException.class);
            Told.orNull(() -> SeccompPlan.of(profile, machine, true), SpecException.class);
            if (plan != null) {
                run(profile, machine, new BpfInterpreter(plan.filter()));
            }
        }
    }

    /** Jumps lead forward only, so a program that the interpreter takes ends; it throws for one that would not. */
    private static void run(Seccomp profile, Arch machine, BpfInterpreter program) {
        long value = profile.syscalls().stream().flatMap(rule -> rule.args().stream()).mapToLong(SyscallArg::value).findFirst().orElse(0);
        for (int i = 0; i < Abi.count(); i++) {
            Abi abi = Abi.at(i);
            for (int nr = -1; abi.host == machine && nr < MOST_CALLS; nr++) {
                if (program.run(new Call(abi.audit, nr | abi.bit, value, value + 1, value - 1, ~value, 0, -1)).steps() > 4096) {
                    throw new AssertionError("more steps than instructions");
                }
            }
        }
    }
}
