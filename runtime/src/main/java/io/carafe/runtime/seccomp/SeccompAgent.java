package io.carafe.runtime.seccomp;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.spec.OciVersion;
import io.carafe.spec.codec.StateJson;
import io.carafe.spec.state.ContainerProcessState;
import io.carafe.spec.state.State;
import java.util.List;

/** The process behind {@code linux.seccomp.listenerPath}, which answers the notifications of SCMP_ACT_NOTIFY. */
public final class SeccompAgent {

    private SeccompAgent() {
    }

    /**
     * Sends the container process state with the listener's descriptor: one connection, one state (config-linux.md, Seccomp).
     *
     * <p>Runs on the host's side: the path is the host's. The agent must have it before the container makes a call that is notified.
     *
     * @param plan with a listener
     * @param pid of the process that loaded the filter, as the runtime sees it
     * @param notifications what {@link SeccompFilter#load} returned; closed here
     * @throws KernelException ENOENT, ECONNREFUSED when nobody listens; EPIPE when it went away
     */
    public static void send(Linux linux, SeccompPlan plan, int pid, State state, Fd notifications) {
        SeccompPlan.Listener listener = plan.listener().orElseThrow();
        ContainerProcessState message = new ContainerProcessState(OciVersion.CURRENT, List.of(ContainerProcessState.SECCOMP_FD), pid,
                listener.metadata(), state);
        try (notifications; Fd socket = linux.sockets.connect(listener.path(), SocketFlags.SOCK_STREAM)) {
            linux.sockets.send(socket, StateJson.writeProcessState(message), List.of(notifications));
        } catch (KernelException e) {
            throw e.during("send the descriptor to linux.seccomp.listenerPath");
        }
    }
}
