package io.carafe.runtime.rootfs;

import static io.carafe.linux.Errno.EEXIST;
import static io.carafe.linux.Errno.ENOENT;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.S_IFIFO;
import static io.carafe.linux.abi.FileFlags.S_IFLNK;
import static io.carafe.linux.abi.FileFlags.S_IFMT;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.Mountpoint;
import io.carafe.runtime.rootfs.path.Root;
import io.carafe.runtime.rootfs.source.Sources;
import java.util.Optional;

/**
 * Makes device nodes and links, relative to the descriptor of the directory that they are in (CVE-2026-41579: a /dev that is a
 * link). The directory of the last one stays open, since most are in /dev.
 */
final class Nodes implements AutoCloseable {

    private static final int DIRECTORY_MODE = 0755;
    private static final int PLACE_MODE = 0644;

    private final Linux linux;
    private final Mounting mounting;
    private final Sources sources;
    private final Root root;
    private Optional<Opened> opened = Optional.empty();

    private record Opened(ContainerPath path, Fd directory) {
    }

    Nodes(Linux linux, Mounting mounting, Sources sources, Root root) {
        this.linux = linux;
        this.mounting = mounting;
        this.sources = sources;
        this.root = root;
    }

    /**
     * @throws KernelException EEXIST when something else stands there (config-linux.md, Devices); EPERM when the kernel lets
     *     nobody make it and the host has no such device to bind
     */
    void make(Step.Node node) {
        Fd directory = in(node.at().parent());
        String name = node.at().name();
        if (node.bind()) {
            bind(node, directory, name);
            return;
        }
        try {
            linux.paths.mknodat(directory, name, node.mode(), node.major(), node.minor());
        } catch (KernelException e) {
            if (e.is(EEXIST)) {
                requireSame(node, linux.paths.statx(directory, name, AT_SYMLINK_NOFOLLOW), e);
                return;
            }
            // Inside a user namespace of somebody else's, which the plan cannot know.
            if (!e.is(EPERM) || isFifo(node)) {
                throw e.as("mknod");
            }
            bind(node, directory, name);
            return;
        }
        if (node.uid() != 0 || node.gid() != 0) {
            linux.paths.fchownat(directory, name, node.uid(), node.gid(), AT_SYMLINK_NOFOLLOW);
        }
    }

    /** The host's node of the same path, if it is the device that was asked for. */
    private void bind(Step.Node node, Fd directory, String name) {
        try (Fd device = sources.open(node.onHost())) {
            requireSame(node, linux.files.fstat(device), new KernelException("bind the host's", EEXIST));
            try {
                linux.paths.mknodat(directory, name, S_IFREG | PLACE_MODE, 0, 0);
            } catch (KernelException e) {
                if (!e.is(EEXIST)) {
                    throw e.as("mknod");
                }
            }
            try (Mountpoint at = Mountpoint.of(linux.files.openat(directory, name, O_PATH | O_NOFOLLOW, 0), true,
                    () -> root.openMounted(node.at()))) {
                FileStatus there = linux.files.fstat(at.fd());
                // An empty file is the place that an earlier container of this root left.
                if (there.type() != S_IFREG || there.size() > 0) {
                    requireSame(node, there, new KernelException("mknod", EEXIST));
                    return;
                }
                mounting.attach(device, false, at, MountOptions.NONE).close();
            }
        } catch (KernelException e) {
            throw e.hint(ENOENT, "a user namespace can make no device, and the host has none there");
        }
    }

    private static void requireSame(Step.Node node, FileStatus there, KernelException otherwise) {
        boolean same = there.type() == (node.mode() & S_IFMT)
                && (isFifo(node) || there.rdevMajor() == node.major() && there.rdevMinor() == node.minor());
        if (!same) {
            throw otherwise.as("mknod").hint(EEXIST, "what is there is not this device");
        }
    }

    private static boolean isFifo(Step.Node node) {
        return (node.mode() & S_IFMT) == S_IFIFO;
    }

    /** A link that stands already is left alone, unless it is to be replaced. */
    void link(Step.Link link) {
        if (link.onlyIf().isPresent()
                && linux.paths.statxIfPresent(Fd.CWD, link.onlyIf().get().text(), AT_SYMLINK_NOFOLLOW).isEmpty()) {
            return;
        }
        Fd directory = in(link.at().parent());
        String name = link.at().name();
        try {
            linux.paths.symlinkat(link.target(), directory, name);
        } catch (KernelException e) {
            if (!e.is(EEXIST)) {
                throw e.as("symlink");
            }
            if (link.replace() && !isLinkTo(link.target(), directory, name)) {
                linux.paths.unlinkat(directory, name, 0);
                linux.paths.symlinkat(link.target(), directory, name);
            }
        }
    }

    /** @throws KernelException EEXIST when something stands there that is not this link */
    void copyLink(ContainerPath at, String target) {
        Fd directory = in(at.parent());
        try {
            linux.paths.symlinkat(target, directory, at.name());
        } catch (KernelException e) {
            if (!e.is(EEXIST) || !isLinkTo(target, directory, at.name())) {
                throw e.as("symlink").hint(EEXIST, "copy-symlink replaces nothing");
            }
        }
    }

    private boolean isLinkTo(String target, Fd directory, String name) {
        return linux.paths.statx(directory, name, AT_SYMLINK_NOFOLLOW).type() == S_IFLNK
                && linux.paths.readlinkat(directory, name).equals(target);
    }

    private Fd in(ContainerPath path) {
        if (opened.isEmpty() || !opened.get().path().equals(path)) {
            close();
            Optional<Fd> present = root.openIfPresent(path, O_PATH | O_DIRECTORY);
            opened = Optional.of(new Opened(path, present.isPresent() ? present.get() : root.makeDirectory(path, DIRECTORY_MODE)));
        }
        return opened.get().directory();
    }

    /** Something was mounted: the directory below it is not the one any more that its path leads to. */
    void forget(ContainerPath mountedOn) {
        if (opened.isPresent() && opened.get().path().isWithin(mountedOn)) {
            close();
        }
    }

    @Override
    public void close() {
        opened.ifPresent(one -> one.directory().close());
        opened = Optional.empty();
    }
}
