package io.carafe.runtime.seccomp.bpf;

import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_ALLOW;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_DATA;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_ERRNO;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_KILL_PROCESS;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_KILL_THREAD;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_LOG;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_TRACE;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_TRAP;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_RET_USER_NOTIF;

import io.carafe.linux.Errno;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.seccomp.Action;
import java.util.OptionalLong;

/** An action of a profile as what a filter returns: SECCOMP_RET_…, with an errno in its low 16 bits where the action has one. */
final class ReturnValue {

    /** The kernel makes larger ones into this: MAX_ERRNO (linux/err.h). */
    private static final int LARGEST_ERRNO = 4095;

    static final int ENOSYS = SECCOMP_RET_ERRNO | Errno.ENOSYS.number;

    private ReturnValue() {
    }

    /**
     * @param property where {@code errnoRet} stands in the document
     * @throws SpecException when the action has no errno (config-linux.md, Seccomp: MUST fail), or it is too large
     */
    static int of(Action action, OptionalLong errnoRet, String property) {
        switch (action) {
            case SCMP_ACT_ERRNO:
                return SECCOMP_RET_ERRNO | data(errnoRet, LARGEST_ERRNO, property);
            case SCMP_ACT_TRACE:
                return SECCOMP_RET_TRACE | data(errnoRet, SECCOMP_RET_DATA, property);
            default:
                if (errnoRet.isPresent()) {
                    throw new SpecException(property, action.text() + " has no errno; SCMP_ACT_ERRNO and SCMP_ACT_TRACE have one");
                }
                return withoutErrno(action);
        }
    }

    private static int data(OptionalLong errnoRet, int largest, String property) {
        long errno = errnoRet.orElse(Errno.EPERM.number);
        if (errno > largest) {
            throw new SpecException(property, errno + " is too large: an errno is at most " + largest + " here");
        }
        return (int) errno;
    }

    private static int withoutErrno(Action action) {
        return switch (action) {
            case SCMP_ACT_KILL_PROCESS -> SECCOMP_RET_KILL_PROCESS;
            case SCMP_ACT_TRAP -> SECCOMP_RET_TRAP;
            case SCMP_ACT_ALLOW -> SECCOMP_RET_ALLOW;
            case SCMP_ACT_LOG -> SECCOMP_RET_LOG;
            case SCMP_ACT_NOTIFY -> SECCOMP_RET_USER_NOTIF;
            // SCMP_ACT_KILL is its old name (seccomp.h of libseccomp).
            default -> SECCOMP_RET_KILL_THREAD;
        };
    }
}
