package io.carafe.runtime.rootfs.path;

import static io.carafe.linux.Errno.ENOSYS;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.Errno.EXDEV;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.PROC_SUPER_MAGIC;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_MAGICLINKS;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_XDEV;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A procfs for the runtime's own writes: mounted by itself, attached nowhere, so that nobody can have laid anything over its
 * files (CVE-2019-16884, CVE-2025-52881).
 *
 * <p>Shows the pid namespace of who opens it. Mounted at the first write. Where the kernel refuses (ENOSYS before Linux 5.2;
 * EPERM in a user namespace that sees no full procfs) it is /proc, and each file is checked to be of a procfs.
 */
public final class PrivateProc implements AutoCloseable {

    private final Linux linux;
    private Optional<Fd> root = Optional.empty();

    private PrivateProc(Linux linux) {
        this.linux = linux;
    }

    /** Makes no call yet. */
    public static PrivateProc of(Linux linux) {
        return new PrivateProc(linux);
    }

    /** Mounts it now: what is mounted later, or in another mount namespace that its owner joins, plays no part. */
    public void prepare() {
        root();
    }

    /**
     * Writes a text in one write(2).
     *
     * @param path below /proc, as {@code sys/net/ipv4/ip_forward} or {@code thread-self/attr/exec}
     */
    public void write(String path, String text) {
        try (Fd fd = open(path, O_WRONLY)) {
            linux.files.write(fd, text.getBytes(StandardCharsets.UTF_8));
        } catch (KernelException e) {
            throw e.as("write \"" + text + "\" to /proc/" + path);
        }
    }

    /** Opens a file below /proc. The caller owns the result. @throws KernelException EXDEV when something is mounted over it */
    public Fd open(String path, int flags) {
        Fd fd = openBelow(root(), path, flags | O_NOFOLLOW);
        try {
            if (linux.files.fstatfs(fd).type() != PROC_SUPER_MAGIC) {
                throw new KernelException("open /proc/" + path, EXDEV).hint(EXDEV, "it is not of a procfs");
            }
            return fd;
        } catch (KernelException e) {
            fd.close();
            throw e;
        }
    }

    private Fd openBelow(Fd root, String path, int flags) {
        try {
            return linux.files.openat2(root, path, flags, 0, RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS);
        } catch (KernelException e) {
            if (!e.is(ENOSYS) && !e.is(EPERM)) {
                throw e.hint(EXDEV, "something is mounted over it");
            }
            return linux.files.openat(root, path, flags, 0); // until the floor is Linux 5.6
        }
    }

    private Fd root() {
        if (root.isEmpty()) {
            root = Optional.of(mount());
        }
        return root.get();
    }

    private Fd mount() {
        try (Fd context = linux.mounts.fsopen("proc")) {
            linux.mounts.create(context);
            return linux.mounts.fsmount(context, 0);
        } catch (KernelException e) {
            if (!e.is(ENOSYS) && !e.is(EPERM)) {
                throw e;
            }
            return linux.files.open("/proc", O_PATH | O_DIRECTORY);
        }
    }

    @Override
    public void close() {
        root.ifPresent(Fd::close);
        root = Optional.empty();
    }
}
