package io.carafe.spec.process;

import java.util.Optional;

/**
 * CPU lists such as {@code 0-3,7}, used by {@code exec} only.
 *
 * @param initial for the runtime's parent of the process, before it joins the container's cgroup
 * @param last the property {@code final}, a word that Java keeps for itself: for the process, after it has joined
 * @see "runtime-spec config.md, Linux Process, execCPUAffinity"
 */
public record ExecCPUAffinity(Optional<String> initial, Optional<String> last) {
}
