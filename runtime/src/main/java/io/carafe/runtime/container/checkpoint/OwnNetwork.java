package io.carafe.runtime.container.checkpoint;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes;
import io.carafe.runtime.init.namespace.NamespaceKind;
import java.util.Optional;

/** A network namespace that CRIU has made, and that is empty as any new one. */
final class OwnNetwork {

    private final Linux linux;

    OwnNetwork(Linux linux) {
        this.linux = linux;
    }

    /**
     * As create does with a new one: before connections to the container itself are restored, which need a route.
     *
     * @param pid of a process in it
     */
    void bringUpLoopback(int pid) {
        try (Fd namespace = linux.files.open(NamespaceKind.NETWORK.fileOf(pid), O_RDONLY)) {
            Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
            if (clone.isChild()) {
                enterAndBringUp(namespace);
            }
            try (Fd pidfd = clone.pidfd().orElseThrow()) {
                Exit exit = linux.processes.waitFor(pidfd);
                if (exit.code() != 0) {
                    throw new KernelException("bring up lo in the restored network namespace", Errno.of(exit.code()));
                }
            }
        }
    }

    /** Never returns. */
    private void enterAndBringUp(Fd namespace) {
        int failed = Errno.EPROTO.number;
        try {
            linux.namespaces.setns(namespace, ProcessFlags.CLONE_NEWNET);
            linux.sockets.bringUp("lo");
            failed = 0;
        } catch (KernelException e) {
            failed = e.errno().number;
        } finally {
            linux.processes.exit(failed);
        }
    }
}
