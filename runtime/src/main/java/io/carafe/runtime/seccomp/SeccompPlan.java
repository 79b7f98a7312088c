package io.carafe.runtime.seccomp;

import static io.carafe.linux.abi.SeccompFlags.SECCOMP_FILTER_FLAG_NEW_LISTENER;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_FILTER_FLAG_SPEC_ALLOW;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;

import io.carafe.linux.abi.Arch;
import io.carafe.runtime.seccomp.bpf.BpfCompiler;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.SeccompFlag;
import io.carafe.spec.seccomp.Syscall;
import java.util.List;
import java.util.Optional;

/**
 * {@code linux.seccomp} decided: the program, the flags, and who gets the listener's descriptor.
 *
 * @param filter struct sock_filter, one a word of 64 bits
 * @param flags SECCOMP_FILTER_FLAG_…
 * @param listener where SCMP_ACT_NOTIFY is used
 * @param letsWait whether a process may have it in force while it waits for its start: not sure of every profile
 */
public record SeccompPlan(long[] filter, int flags, Optional<Listener> listener, boolean letsWait) {

    /** The calls that an init makes to have its listener's descriptor fetched: nobody can answer for them yet. */
    private static final String HAND_OVER = "write";
    private static final String BEGIN = "execve";
    /** By which an init waits for its start, and which runc does not make: a profile that was written for runc may lack it. */
    private static final String WAIT = "accept4";

    /**
     * Who answers notifications.
     *
     * @param path of a Unix socket on the host
     * @param metadata for it, opaque
     */
    public record Listener(String path, Optional<String> metadata) {
    }

    /**
     * Compiles a profile for a machine.
     *
     * @throws SpecException for an errno that an action cannot have, SCMP_ACT_NOTIFY where nobody could answer, a profile that is
     *     too long for the kernel
     */
    public static SeccompPlan of(Seccomp profile, Arch host) {
        return of(profile, host, false);
    }

    /** The same. @param onlyKnown whether a name that no system call has is an error; else it is passed over */
    public static SeccompPlan of(Seccomp profile, Arch host, boolean onlyKnown) {
        if (onlyKnown) {
            BpfCompiler.requireKnown(profile);
        }
        Optional<Listener> listener = listener(profile);
        return new SeccompPlan(BpfCompiler.compile(profile, host), flags(profile, listener.isPresent()), listener, lets(profile, WAIT));
    }

    /** Whether a call is certainly allowed: false also where it takes more than a look at names to tell. */
    private static boolean lets(Seccomp profile, String call) {
        boolean lets = allows(profile.defaultAction());
        for (int i = 0; i < profile.syscalls().size(); i++) {
            Syscall rule = profile.syscalls().get(i);
            if (rule.names().contains(call)) {
                if (!allows(rule.action())) {
                    return false;
                }
                lets |= rule.args().isEmpty();
            }
        }
        return lets;
    }

    /** What of a profile leads nowhere, a line each. */
    public static List<String> warnings(Seccomp profile) {
        boolean begins = mayAllow(profile.defaultAction());
        for (Syscall rule : profile.syscalls()) {
            if (rule.names().contains(BEGIN) && (mayAllow(rule.action()) || rule.args().isEmpty())) {
                begins = mayAllow(rule.action());
            }
        }
        return begins ? List.of() : List.of("linux.seccomp: " + BEGIN + " is not allowed: no program can begin under it");
    }

    private static boolean mayAllow(Action action) {
        return allows(action) || action == Action.SCMP_ACT_NOTIFY || action == Action.SCMP_ACT_TRACE;
    }

    private static boolean allows(Action action) {
        return action == Action.SCMP_ACT_ALLOW || action == Action.SCMP_ACT_LOG;
    }

    /** What the kernel does with the filter when the profile has no wish: SPEC_ALLOW, as in runc and crun. */
    private static int flags(Seccomp profile, boolean notify) {
        int flags = notify ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;
        if (profile.flags().isEmpty()) {
            return flags | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
        }
        List<SeccompFlag> asked = profile.flags().get();
        for (int i = 0; i < asked.size(); i++) {
            flags |= SeccompNames.flag(asked.get(i));
        }
        // The kernel refuses it without a listener, and without one it has no meaning.
        return notify ? flags : flags & ~SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    }

    private static Optional<Listener> listener(Seccomp profile) {
        if (profile.listenerMetadata().isPresent() && profile.listenerPath().isEmpty()) {
            throw new SpecException("linux.seccomp.listenerMetadata", "needs listenerPath, to which it is sent");
        }
        if (profile.defaultAction() == Action.SCMP_ACT_NOTIFY) {
            throw new SpecException("linux.seccomp.defaultAction", "SCMP_ACT_NOTIFY would stop the container before anybody can answer");
        }
        boolean notify = false;
        for (int i = 0; i < profile.syscalls().size(); i++) {
            if (profile.syscalls().get(i).action() == Action.SCMP_ACT_NOTIFY) {
                notify = true;
                if (profile.syscalls().get(i).names().contains(HAND_OVER)) {
                    throw new SpecException("linux.seccomp.syscalls[" + i + "].names",
                            HAND_OVER + " cannot have SCMP_ACT_NOTIFY: with it the container's init says which descriptor answers");
                }
            }
        }
        if (!notify) {
            return Optional.empty();
        }
        return Optional.of(new Listener(profile.listenerPath().orElseThrow(() -> new SpecException("linux.seccomp.listenerPath",
                "is missing: SCMP_ACT_NOTIFY needs somebody who answers")), profile.listenerMetadata()));
    }
}
