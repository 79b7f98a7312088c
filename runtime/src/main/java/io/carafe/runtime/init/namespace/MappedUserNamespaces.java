package io.carafe.runtime.init.namespace;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.runtime.rootfs.mount.MountIds;
import java.util.Optional;
import java.util.function.Supplier;

/** User namespaces that exist for nothing but their maps: those of mounts. Each is made by a child that ends at once. */
public final class MappedUserNamespaces implements PreparedMounts.UserNamespaces {

    private final Linux linux;
    private final IdMaps.Caller caller;
    private final Supplier<Fd> container;

    /** @param container opens the user namespace that the container has, for mounts that take its maps; the caller owns the result */
    public MappedUserNamespaces(Linux linux, IdMaps.Caller caller, Supplier<Fd> container) {
        this.linux = linux;
        this.caller = caller;
        this.container = container;
    }

    /** The same for a container that is still to be. @param joined where it may find the user namespace that it joins */
    public MappedUserNamespaces(Linux linux, IdMaps.Caller caller, JoinedNamespaces joined) {
        this(linux, caller, joined::duplicateUser);
    }

    @Override
    public Fd with(MountIds ids) {
        return ids.isOfJoinedNamespace() ? container.get() : made(IdMaps.of("mounts[]", ids.uids(), ids.gids(), caller));
    }

    private Fd made(IdMaps maps) {
        Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
        try (Undo undo = new Undo()) {
            undo.onFailure(pair.there(), Fd::close);
            undo.onFailure(pair.here(), Fd::close);
            Processes.Clone clone = linux.processes.clone3(ProcessFlags.CLONE_NEWUSER, Optional.empty());
            if (clone.isChild()) {
                linux.kernel.named("holder of a user namespace");
                live(pair);
            }
            Fd pidfd = undo.onFailure(clone.pidfd().orElseThrow(), this::end);
            new IdMapFiles(linux).write(maps, clone.pid());
            Fd namespace = undo.onFailure(linux.files.open(NamespaceKind.USER.fileOf(clone.pid()), O_RDONLY), Fd::close);
            end(pidfd);
            undo.keep();
            pair.there().close();
            pair.here().close();
            return namespace;
        }
    }

    private void end(Fd pidfd) {
        if (pidfd.isOpen()) {
            try (pidfd) {
                linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
                linux.processes.waitFor(pidfd);
            }
        }
    }

    /** The child: waits for its end, or its parent's. Never returns. */
    private void live(Sockets.Pair pair) {
        try {
            linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
            pair.here().close();
            linux.sockets.receive(pair.there(), 1);
        } finally {
            linux.processes.exit(0);
        }
    }
}
