package io.carafe.runtime.seccomp.bpf;

import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.BPF_MAXINSNS;
import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.JUMP_IF_EQUAL;
import static io.carafe.linux.abi.SeccompFlags.DATA_ARCH;
import static io.carafe.linux.abi.SeccompFlags.DATA_NR;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_KILL_THREAD;
import static io.carafe.linux.abi.SeccompFlags.X32_SYSCALL_BIT;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles {@code linux.seccomp} for a machine.
 *
 * <p>The meaning is libseccomp's, as runc uses it: names that no table has are passed over; a rule that repeats the default action is
 * no rule; the machine's own ABI is part of the filter, listed or not; calls by an ABI that is not part of it kill the thread.
 *
 * <p>Where the default action refuses, a call that is newer than all that the profile names on that ABI gets ENOSYS, so that a
 * program falls back to an older call: a profile that did not know it cannot have meant to forbid it (runc does the same since 1.0).
 */
public final class BpfCompiler {

    /** A tracer may turn a call into -1 to have it skipped. libseccomp counts it as x86_64's, not as x32's. */
    private static final int SKIPPED = -1;

    private final Seccomp profile;
    private final Outcome byDefault;
    private final Outcome tooNew;
    private final List<Rules> all = new ArrayList<>(3);
    /** One for each return value, so that the same outcome is the same object. */
    private final Map<Integer, Outcome> unconditional = new HashMap<>();

    private BpfCompiler(Seccomp profile) {
        this.profile = profile;
        this.byDefault = always(ReturnValue.of(profile.defaultAction(), profile.defaultErrnoRet(), "linux.seccomp.defaultErrnoRet"));
        this.tooNew = refuses(profile.defaultAction()) ? always(ReturnValue.ENOSYS) : byDefault;
    }

    /**
     * A program for seccomp(2) SECCOMP_SET_MODE_FILTER.
     *
     * @param host of its ABIs those that the profile lists, and the machine's own
     * @return struct sock_filter, one a word: {@link io.carafe.linux.abi.Struct.SockFilter}
     * @throws SpecException when a rule has an errno that its action cannot have, or the program is longer than BPF_MAXINSNS
     */
    public static long[] compile(Seccomp profile, io.carafe.linux.abi.Arch host) {
        BpfCompiler compiler = new BpfCompiler(profile);
        for (int i = 0; i < Abi.count(); i++) {
            Abi abi = Abi.at(i);
            if (abi.host == host && (abi.isNative() || profile.architectures().contains(abi.word))) {
                compiler.all.add(new Rules(abi, compiler.byDefault));
            }
        }
        compiler.read();
        return compiler.write();
    }

    /** @throws SpecException for the first name that no machine has */
    public static void requireKnown(Seccomp profile) {
        for (int i = 0; i < profile.syscalls().size(); i++) {
            for (String name : profile.syscalls().get(i).names()) {
                if (SyscallTable.slots(name) == SyscallTable.UNKNOWN) {
                    throw new SpecException("linux.seccomp.syscalls[" + i + "].names", "expected names of system calls, found \"" + name + '"');
                }
            }
        }
    }

    /** SCMP_ACT_TRACE does not: a tracer answers for new calls itself. */
    private static boolean refuses(Action defaultAction) {
        return defaultAction != Action.SCMP_ACT_ALLOW && defaultAction != Action.SCMP_ACT_LOG && defaultAction != Action.SCMP_ACT_TRACE;
    }

    private Outcome always(int value) {
        return unconditional.computeIfAbsent(value, Outcome::of);
    }

    private void read() {
        for (int i = 0; i < profile.syscalls().size(); i++) {
            Syscall rule = profile.syscalls().get(i);
            Outcome outcome = always(ReturnValue.of(rule.action(), rule.errnoRet(), rule.errnoRet().isEmpty() ? ""
                    : "linux.seccomp.syscalls[" + i + "].errnoRet"));
            List<List<ArgumentTest>> wide = ArgumentTest.alternatives(rule.args(), true);
            List<List<ArgumentTest>> narrow = ArgumentTest.alternatives(rule.args(), false);
            for (int n = 0; n < rule.names().size(); n++) {
                short[] slots = SyscallTable.slots(rule.names().get(n));
                if (slots != SyscallTable.UNKNOWN) {
                    add(slots, wide, narrow, outcome);
                }
            }
        }
    }

    private void add(short[] slots, List<List<ArgumentTest>> wide, List<List<ArgumentTest>> narrow, Outcome outcome) {
        for (int i = 0; i < all.size(); i++) {
            Rules rules = all.get(i);
            rules.mention(slots);
            if (outcome != byDefault) {
                rules.add(slots, rules.abi.wide ? wide : narrow, outcome);
            }
        }
    }

    private long[] write() {
        Program program = new Program();
        ArgumentChecks arguments = new ArgumentChecks(program);
        int label = program.ret(SECCOMP_RET_KILL_THREAD);
        // From the last to the first: what the machine runs most is asked for first.
        for (int i = all.size() - 1; i >= 0; i--) {
            Rules rules = all.get(i);
            if (rules.abi == Abi.X32) {
                continue; // shares its seccomp_data.arch with x86_64
            }
            int tree = program.load(DATA_NR, SearchTree.write(program, arguments, ranges(rules)));
            label = program.jumpIf(JUMP_IF_EQUAL, rules.abi.audit, tree, label);
        }
        program.load(DATA_ARCH, label);
        if (program.size() > BPF_MAXINSNS) {
            throw new SpecException("linux.seccomp", "needs " + program.size() + " instructions of BPF, more than the kernel takes ("
                    + BPF_MAXINSNS + ")");
        }
        return program.instructions();
    }

    private Ranges ranges(Rules rules) {
        Ranges ranges = new Ranges();
        ranges.add(rules, byDefault, tooNew);
        if (rules.abi == Abi.X86_64) {
            // X32 stands behind X86_64 where it is part of the filter.
            if (all.size() > 1 && all.get(1).abi == Abi.X32) {
                ranges.add(all.get(1), byDefault, tooNew);
            } else {
                ranges.add(X32_SYSCALL_BIT, always(SECCOMP_RET_KILL_THREAD));
                ranges.add(SKIPPED, rules.isEmpty() ? byDefault : tooNew);
            }
        }
        return ranges;
    }
}
