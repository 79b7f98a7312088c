package io.carafe.conmon.attach;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.SocketFlags.SOCK_DGRAM;
import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_SEQPACKET;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;

/** Sockets in a bundle, whose path may be longer than a socket's: they are bound through its descriptor. */
public final class BundleSocket {

    private static final int BACKLOG = 10;
    private static final int EVERYBODY = 0777;

    private BundleSocket() {
    }

    /** For clients, of the owner alone. The caller owns it. @param directory the bundle, or a link to it */
    static Fd ofPackets(Linux linux, String directory, String name) {
        try (Fd place = linux.files.open(directory, O_PATH | O_DIRECTORY)) {
            remove(linux, place, name);
            int mask = linux.paths.umask(0077);
            try {
                return linux.sockets.listen(place.path() + "/" + name, SOCK_SEQPACKET | SOCK_NONBLOCK, BACKLOG);
            } finally {
                linux.paths.umask(mask);
            }
        } catch (KernelException e) {
            throw e.during("Failed to bind " + directory + "/" + name);
        }
    }

    /** For datagrams from anybody. The caller owns it. */
    public static Fd ofDatagrams(Linux linux, String directory, String name) {
        try (Fd place = linux.files.open(directory, O_PATH | O_DIRECTORY)) {
            remove(linux, place, name);
            Fd socket = linux.sockets.bind(place.path() + "/" + name, SOCK_DGRAM | SOCK_NONBLOCK);
            linux.paths.fchmodat(place, name, EVERYBODY);
            return socket;
        } catch (KernelException e) {
            throw e.during("Failed to bind " + directory + "/" + name);
        }
    }

    private static void remove(Linux linux, Fd directory, String name) {
        try {
            linux.paths.unlinkat(directory, name, 0);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}
