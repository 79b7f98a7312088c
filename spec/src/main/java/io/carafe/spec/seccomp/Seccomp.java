package io.carafe.spec.seccomp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A seccomp profile.
 *
 * @param defaultErrnoRet 0 to 4294967295; absent: EPERM
 * @param flags absent and none differ: where there is no wish, a runtime has its own
 * @param listenerPath of a Unix socket that gets the descriptor of SCMP_ACT_NOTIFY
 * @param listenerMetadata passed on with it
 */
public record Seccomp(
        Action defaultAction,
        OptionalLong defaultErrnoRet,
        List<Arch> architectures,
        Optional<List<SeccompFlag>> flags,
        Optional<String> listenerPath,
        Optional<String> listenerMetadata,
        List<Syscall> syscalls) {

    public Seccomp {
        architectures = List.copyOf(architectures);
        flags = flags.map(List::copyOf);
        syscalls = List.copyOf(syscalls);
    }
}
