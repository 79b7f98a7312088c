package io.carafe.runtime.rootfs.source;

import static io.carafe.linux.Errno.EACCES;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.Root;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Opens the sources of a plan, each at its turn: one that lies in the container's root shows what has been mounted there before.
 *
 * <p>The way to a source is the operator's as far as the container's root directory. Below that the names are an image's, or a neighbour's
 * who shares the directory: links there are followed inside the root and nowhere else, since they would be followed with the host's rights.
 */
public final class Sources implements AutoCloseable {

    private final Linux linux;
    private final Mounting mounting;
    private final PreparedMounts.UserNamespaces maps;
    private final Supplier<Optional<FileStatus>> root;
    private final Optional<Opener> host;
    /** Directories above sources that are not the container's root. */
    private final Set<String> outside = new HashSet<>();

    /**
     * @param maps of mounts; borrowed
     * @param root the container's root directory as it is now; empty before it is one
     * @param host who opens what may not be opened with the rights of this process; becomes this object's, which closes it
     */
    public Sources(Linux linux, Mounting mounting, PreparedMounts.UserNamespaces maps, Supplier<Optional<FileStatus>> root, Optional<Opener> host) {
        this.linux = linux;
        this.mounting = mounting;
        this.maps = maps;
        this.root = root;
        this.host = host;
    }

    /** The caller owns the result. @throws KernelException ENOENT and the like of open(2) */
    public Fd open(Source source) {
        try {
            return openByOwnRights(source);
        } catch (KernelException e) {
            // A user namespace has no rights over the host's directories (capabilities(7)), nor over the ids of its file systems.
            if (host.isEmpty() || !e.is(EACCES) && !(e.is(EPERM) && source.ids().isPresent())) {
                throw e;
            }
            return host.get().open(source);
        }
    }

    private Fd openByOwnRights(Source source) {
        if (!source.isTree()) {
            return linux.files.open(source.path().text(), O_PATH | O_DIRECTORY);
        }
        Fd tree = clone(source);
        if (source.ids().isPresent()) {
            try (Fd namespace = maps.with(source.ids().get())) {
                PreparedMounts.map(linux, tree, source.ids().get(), namespace);
            } catch (KernelException e) {
                tree.close();
                throw e.during("map the ids of " + source.path());
            }
        }
        return tree;
    }

    private Fd clone(Source source) {
        Optional<Fd> inRoot = openInRoot(source);
        if (inRoot.isEmpty()) {
            return mounting.clone(source.path(), source.recursive(), source.follows());
        }
        try (Fd found = inRoot.get()) {
            return mounting.clone(found, source.recursive());
        } catch (KernelException e) {
            throw e.as("open " + source.path());
        }
    }

    /** Empty where the path does not lead through the container's root directory. */
    private Optional<Fd> openInRoot(Source source) {
        String path = source.path().text();
        Optional<FileStatus> top = root.get();
        if (top.isEmpty()) {
            return Optional.empty();
        }
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String above = path.substring(0, slash);
            if (outside.contains(above)) {
                continue;
            }
            ContainerPath rest = ContainerPath.of(path.substring(slash));
            if (!isSame(above, top.get(), source)) {
                outside.add(above);
            } else if (!rest.isRoot() && !climbs(path.substring(slash))) {
                try (Root inside = Root.of(linux, linux.files.open(above, O_PATH | O_DIRECTORY))) {
                    return Optional.of(inside.open(rest, O_PATH | (source.follows() ? 0 : O_NOFOLLOW)));
                } catch (KernelException e) {
                    throw e.as("open " + source.path());
                }
            }
        }
        return Optional.empty();
    }

    private boolean isSame(String directory, FileStatus top, Source source) {
        try {
            Optional<FileStatus> status = linux.paths.statxIfPresent(Fd.CWD, directory, 0);
            return status.isPresent() && status.get().isSameFile(top);
        } catch (KernelException e) {
            throw e.as("open " + source.path());
        }
    }

    /** Whether the first thing that a path does is to leave the directory that it begins in. */
    private static boolean climbs(String rest) {
        for (int start = 0; start < rest.length();) {
            int slash = rest.indexOf('/', start);
            String part = rest.substring(start, slash < 0 ? rest.length() : slash);
            if (!part.isEmpty() && !part.equals(".")) {
                return part.equals("..");
            }
            start = slash < 0 ? rest.length() : slash + 1;
        }
        return false;
    }

    @Override
    public void close() {
        host.ifPresent(Opener::close);
    }
}
