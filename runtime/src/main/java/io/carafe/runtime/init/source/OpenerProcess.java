package io.carafe.runtime.init.source;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.source.MountMaps;
import io.carafe.runtime.rootfs.source.Source;
import io.carafe.runtime.rootfs.source.Sources;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A process with the caller's rights in the mount namespace of an init: it opens what the init may not. Of what it is asked only the place in
 * the plan's list counts, so that nobody gets more through it than the configuration names.
 *
 * <p>It stays outside of the init's pid namespace, and outside of its user namespace where it can. An ordinary user's may enter the mount
 * namespace only by the user namespace that owns it (setns(2)): there it has every capability, and the caller's uid and groups as before. Nobody
 * inside can look at it, as it is not dumpable and its memory is of the caller's user namespace (ptrace(2)).
 */
public final class OpenerProcess implements AutoCloseable {

    static final int LONGEST = 16 * 1024;

    private final Linux linux;
    private final HostPath root;
    private final List<Source> sources;
    private final MountMaps maps;
    private Optional<Fd> process = Optional.empty();

    /** @param sources all that it will open; @param maps of mounts; becomes this object's, which closes it */
    public OpenerProcess(Linux linux, HostPath root, List<Source> sources, MountMaps maps) {
        this.linux = linux;
        this.root = root;
        this.sources = sources;
        this.maps = maps;
    }

    /**
     * clone3(2).
     *
     * @param fds the socket that it is asked on, the user namespace and the mount namespace of who asks, and the root directory there; closed here
     */
    public void begin(List<Fd> fds) {
        try {
            Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
            if (clone.isChild()) {
                try {
                    linux.kernel.named("opener of mounts' sources");
                    serve(fds.get(0), fds.get(1), fds.get(2), fds.get(3));
                } finally {
                    // It never returns, nor goes on as its parent.
                    linux.processes.exit(0);
                }
            }
            process = clone.pidfd();
        } finally {
            fds.forEach(Fd::close);
        }
    }

    private void serve(Fd socket, Fd users, Fd mounts, Fd top) {
        linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
        linux.processes.prctl(ProcessFlags.PR_SET_DUMPABLE, 0, 0);
        Optional<KernelException> refused = Optional.empty();
        try {
            enter(users, mounts);
            // setns(2) leads to the root of the namespace, which is not that of who is in a chroot.
            linux.paths.fchdir(top);
            linux.paths.chroot(".");
        } catch (KernelException e) {
            refused = Optional.of(e.during("enter the container's mount namespace with the host's rights"));
        }
        try (Mounting mounting = Mounting.of(linux);
                Sources opens = new Sources(linux, mounting, maps, () -> linux.paths.statxIfPresent(Fd.CWD, root.text(), 0), Optional.empty())) {
            for (byte[] asked = next(socket); asked.length > 0; asked = next(socket)) {
                answer(socket, opens, sources.get(Integer.parseInt(new String(asked, StandardCharsets.US_ASCII))), refused);
            }
        }
    }

    private void enter(Fd users, Fd mounts) {
        try {
            linux.namespaces.setns(mounts, ProcessFlags.CLONE_NEWNS);
        } catch (KernelException e) {
            // It wants CAP_SYS_ADMIN and CAP_SYS_CHROOT in one's own user namespace. An owner has both in what it owns, whatever uid it keeps.
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            linux.namespaces.setns(users, ProcessFlags.CLONE_NEWUSER);
            linux.namespaces.setns(mounts, ProcessFlags.CLONE_NEWNS);
        }
    }

    private byte[] next(Fd socket) {
        Sockets.Message message = linux.sockets.receive(socket, LONGEST);
        message.fds().forEach(Fd::close);
        return message.content();
    }

    private void answer(Fd socket, Sources opens, Source source, Optional<KernelException> refused) {
        try {
            if (refused.isPresent()) {
                throw refused.get();
            }
            try (Fd opened = opens.open(source)) {
                linux.sockets.send(socket, new byte[1], List.of(opened));
            }
        } catch (KernelException e) {
            linux.sockets.send(socket, (e.errno().number + " " + e.operation()).getBytes(StandardCharsets.UTF_8), List.of());
        }
    }

    /** It has nothing to keep. */
    @Override
    public void close() {
        maps.close();
        process.ifPresent(pidfd -> {
            try (pidfd) {
                linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
                linux.processes.waitFor(pidfd);
            } catch (KernelException e) {
                if (!e.is(Errno.ESRCH) && !e.is(Errno.ECHILD)) {
                    throw e;
                }
            }
        });
        process = Optional.empty();
    }
}
