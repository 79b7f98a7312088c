package io.carafe.spec.state;

import io.carafe.spec.OciVersion;
import java.util.List;
import java.util.Optional;

/**
 * The message to the seccomp agent's socket, beside the descriptors.
 *
 * @param fds the names of the descriptors, in the order of SCM_RIGHTS
 * @param pid as seen by the runtime
 * @param metadata {@code linux.seccomp.listenerMetadata}
 * @see "runtime-spec config-linux.md, The Container Process State"
 */
public record ContainerProcessState(OciVersion ociVersion, List<String> fds, int pid, Optional<String> metadata, State state) {

    /** The name of the descriptor that seccomp(2) returned. */
    public static final String SECCOMP_FD = "seccompFd";

    public ContainerProcessState {
        fds = List.copyOf(fds);
    }
}
