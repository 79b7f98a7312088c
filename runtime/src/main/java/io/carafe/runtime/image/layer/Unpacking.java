package io.carafe.runtime.image.layer;

import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.S_IFBLK;
import static io.carafe.linux.abi.FileFlags.S_IFCHR;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.tar.TarEntry;
import io.carafe.runtime.image.tar.TarEntry.Region;
import io.carafe.runtime.image.tar.TarEntry.Time;
import io.carafe.runtime.image.tar.TarEntry.Type;
import io.carafe.runtime.image.tar.TarReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Makes a layer's directory from its tar, entry by entry as {@link Step} decides. */
public final class Unpacking implements AutoCloseable {

    private static final int CHUNK = 32 * 1024;
    private static final byte[] YES = {'y'};
    private static final String SELF = ".";
    private static final Set<Errno> NOT_TAKEN = Set.of(Errno.EOPNOTSUPP, Errno.EPERM, Errno.EINVAL, Errno.ERANGE, Errno.E2BIG);

    /** What a directory gets at the end: making files in it changes its time, and its mode may forbid it. */
    private record Finish(int mode, Time accessed, Time modified) {
    }

    private final Linux linux;
    private final Inodes inodes;
    private final Fd layer;
    private final LowerLayers lower;
    private final Tree tree;
    private final boolean isRoot;
    private final byte[] buffer = new byte[CHUNK];
    /** All else is streamed; this grows with the number of directories. */
    private final Map<EntryPath, Finish> directories = new LinkedHashMap<>();
    private final Set<EntryPath> opaque = new HashSet<>();
    private final UnpackWarnings leftOut = new UnpackWarnings();

    /**
     * Borrows the descriptor of the layer's empty directory.
     *
     * @param lower what directories are taken over from that this layer has no entries for
     */
    public Unpacking(Linux linux, Fd layer, LowerLayers lower) {
        this.linux = linux;
        this.lower = lower;
        this.inodes = new Inodes(linux);
        this.layer = layer;
        this.tree = new Tree(linux, layer);
        this.isRoot = linux.credentials.geteuid() == 0;
    }

    /**
     * Unpacks, to the end of the archive.
     *
     * @param warn is told what the layer goes without here
     * @throws ImageException when the archive is damaged, or hostile
     */
    public void unpack(TarReader tar, Consumer<String> warn) throws IOException {
        for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            Step step = Step.of(entry.get());
            try {
                perform(step, tar);
            } catch (ImageException e) {
                throw e.during("entry " + entry.get().name());
            } catch (KernelException e) {
                throw e.during("entry " + entry.get().name()).hint(Errno.EINVAL, "an id that the user namespace does not map");
            }
        }
        finish();
        leftOut.tell(warn);
    }

    private void perform(Step step, TarReader tar) throws IOException {
        if (step instanceof Step.Make make) {
            make(make.path(), make.entry(), tar);
        } else if (step instanceof Step.Link link) {
            link(link);
        } else if (step instanceof Step.Whiteout whiteout) {
            whiteOut(whiteout.path());
        } else if (step instanceof Step.Opaque opaqueDirectory) {
            EntryPath path = tree.enter(opaqueDirectory.directory());
            setOpaque(tree.directory(), SELF);
            opaque.add(path);
        }
    }

    private void make(EntryPath named, TarEntry entry, TarReader tar) throws IOException {
        EntryPath path = named.isLayer() ? named : tree.enter(named.parent()).child(named.name());
        Fd dir = named.isLayer() ? layer : tree.directory();
        String name = named.isLayer() ? SELF : named.name();
        boolean hidesLower = clear(path, dir, name, entry.type());
        switch (entry.type()) {
            case FILE -> file(dir, name, entry, tar);
            case DIRECTORY -> {
                if (!path.isLayer()) {
                    linux.paths.mkdirIfAbsent(dir, name, 0700);
                }
                tree.unnamed().remove(path);
                directories.put(path, new Finish(entry.mode(), entry.accessed(), entry.modified()));
            }
            case SYMBOLIC_LINK -> linux.paths.symlinkat(entry.linkName(), dir, name);
            case FIFO -> linux.paths.mkfifoat(dir, name, 0600);
            case CHARACTER_DEVICE -> device(dir, name, S_IFCHR, entry);
            case BLOCK_DEVICE -> device(dir, name, S_IFBLK, entry);
            case HARD_LINK -> throw new IllegalStateException("a link is a step of its own");
        }
        attributes(dir, name, entry);
        if (hidesLower) {
            setOpaque(dir, name);
            tree.replacing().add(path);
        }
    }

    /** Takes a whiteout of the same layer away, which is for the layers below only. @return whether there was one before a directory */
    private boolean clear(EntryPath path, Fd dir, String name, Type type) {
        if (path.isLayer()) {
            return false;
        }
        Optional<FileStatus> before = linux.paths.statxIfPresent(dir, name, AT_SYMLINK_NOFOLLOW);
        if (before.isEmpty() || before.get().isDirectory() && type == Type.DIRECTORY) {
            return false;
        }
        if (!before.get().isCharacterDevice(0, 0)) {
            throw new ImageException("given twice"); // layer.md: no duplicate entries
        }
        linux.paths.unlinkat(dir, name, 0);
        return type == Type.DIRECTORY;
    }

    /** An ordinary user, and root of a user namespace, may make none (EPERM): an empty file holds the place, which a mount may cover. */
    private void device(Fd dir, String name, int type, TarEntry entry) {
        try {
            linux.paths.mknodat(dir, name, type | 0600, entry.major(), entry.minor());
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            linux.files.openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600).close();
            leftOut.add(entry.name(), "an empty file in the place of a device, which the caller may not make");
        }
    }

    private void file(Fd dir, String name, TarEntry entry, TarReader tar) throws IOException {
        try (Fd file = linux.files.openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600)) {
            for (Region region : entry.regions()) {
                if (entry.isSparse()) {
                    linux.files.seek(file, region.offset());
                }
                for (long left = region.length(); left > 0; ) {
                    int count = tar.read(buffer, 0, (int) Math.min(left, buffer.length));
                    if (count < 0) {
                        throw new ImageException("the tar ends within it");
                    }
                    linux.files.write(file, buffer, 0, count);
                    left -= count;
                }
            }
            if (entry.isSparse()) {
                inodes.truncate(file, entry.size());
            }
        }
    }

    /** In this order: a change of owner takes away the set-user-id bits and capabilities, and every change the times. */
    private void attributes(Fd dir, String name, TarEntry entry) {
        if (isRoot) {
            linux.paths.fchownat(dir, name, entry.uid(), entry.gid(), AT_SYMLINK_NOFOLLOW);
        }
        if (entry.type() != Type.SYMBOLIC_LINK && entry.type() != Type.DIRECTORY) {
            linux.paths.fchmodat(dir, name, entry.mode());
        }
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            setXattr(entry.name(), dir, name, xattr.getKey(), xattr.getValue());
        }
        if (entry.type() != Type.DIRECTORY) {
            inodes.times(dir, name, entry.accessed(), entry.modified());
        }
    }

    /**
     * Overlayfs' own marks are about the file system that the layer was made on. What this one does not take is left out with a warning:
     * of another system (com.apple.…), of a kind that it has not (EOPNOTSUPP), that only root may set or no link may have (EPERM), with a
     * value or name of which the kernel can make nothing (EINVAL, ERANGE, E2BIG).
     */
    private void setXattr(String entry, Fd dir, String name, String attribute, byte[] value) {
        if (OpaqueMarker.isMark(attribute)) {
            return;
        }
        try {
            inodes.setXattr(dir, name, attribute, value);
        } catch (KernelException e) {
            if (!NOT_TAKEN.contains(e.errno())) {
                throw e;
            }
            leftOut.add(entry, "without the extended attribute " + attribute + ", which is not taken here: " + e.errno().name());
        }
    }

    private void link(Step.Link link) {
        Optional<EntryPath> target = tree.enterIfPresent(link.target().parent()).map(parent -> parent.child(link.target().name()));
        Optional<FileStatus> found = target.flatMap(path -> linux.paths.statxIfPresent(tree.directory(), path.name(), AT_SYMLINK_NOFOLLOW));
        if (found.isEmpty() || found.get().isDirectory() || found.get().isCharacterDevice(0, 0)) {
            throw new ImageException("expected a hard link to a file that came before it, found one to " + link.target());
        }
        EntryPath path = tree.enter(link.path().parent()).child(link.path().name());
        clear(path, tree.directory(), path.name(), Type.HARD_LINK);
        // From the layer's directory: the tree has resolved all links on the way, and nobody else writes here.
        linux.paths.linkat(layer, target.get().toString(), tree.directory(), path.name());
    }

    private void whiteOut(EntryPath named) {
        EntryPath path = tree.enter(named.parent()).child(named.name());
        Fd dir = tree.directory();
        Optional<FileStatus> before = linux.paths.statxIfPresent(dir, path.name(), AT_SYMLINK_NOFOLLOW);
        if (before.isEmpty()) {
            linux.paths.mknodat(dir, path.name(), S_IFCHR, 0, 0); // without privilege since Linux 5.8
        } else if (before.get().isDirectory()) {
            setOpaque(dir, path.name());
            tree.replacing().add(path);
        } // Of any other file, this layer's own hides the lower one already.
    }

    private void setOpaque(Fd dir, String name) {
        try {
            inodes.setXattr(dir, name, OpaqueMarker.TRUSTED, YES);
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            inodes.setXattr(dir, name, OpaqueMarker.USER, YES); // without CAP_SYS_ADMIN; overlayfs reads it with userxattr (Linux 5.11)
        }
    }

    private void finish() {
        Removal.of(linux, layer, Step.AUFS_LINKS);
        for (EntryPath path : tree.replacing()) { // where a whiteout gave way to a directory that no entry is for
            if (tree.unnamed().contains(path)) {
                tree.enter(path);
                setOpaque(tree.directory(), SELF);
            }
        }
        takeOver();
        // From the deepest up: each one's mode may shut those in it, and its time is last.
        EntryPath[] paths = directories.keySet().toArray(new EntryPath[0]);
        Arrays.sort(paths, (one, other) -> other.names().size() - one.names().size());
        for (EntryPath path : paths) {
            if (isOfAufs(path)) {
                continue;
            }
            Finish finish = directories.get(path);
            if (!path.isLayer()) {
                tree.enter(path.parent());
            }
            Fd dir = path.isLayer() ? layer : tree.directory();
            String name = path.isLayer() ? SELF : path.name();
            linux.paths.fchmodat(dir, name, finish.mode());
            inodes.times(dir, name, finish.accessed(), finish.modified());
        }
    }

    /** What the layers below say of directories that this one has no entries for, the root's own among them. */
    private void takeOver() {
        List<EntryPath> paths = new ArrayList<>(tree.unnamed());
        if (!directories.containsKey(EntryPath.LAYER)) {
            paths.add(EntryPath.LAYER);
        }
        for (EntryPath path : paths) {
            if (!isOfAufs(path) && !isHiddenBelow(path)) {
                lower.find(path.names()).ifPresent(found -> {
                    try (found) {
                        if (linux.files.fstat(found).isDirectory()) {
                            takeOver(path, found);
                        }
                    }
                });
            }
        }
    }

    private void takeOver(EntryPath path, Fd from) {
        FileStatus status = linux.files.fstat(from);
        tree.enter(path);
        if (isRoot) {
            linux.paths.fchownat(tree.directory(), SELF, status.uid(), status.gid(), AT_SYMLINK_NOFOLLOW);
        }
        for (String attribute : inodes.xattrs(from)) {
            setXattr(path.toString(), tree.directory(), SELF, attribute, inodes.xattr(from, attribute));
        }
        Time[] times = inodes.times(from);
        directories.put(path, new Finish(status.permissions(), times[0], times[1]));
    }

    private boolean isHiddenBelow(EntryPath path) {
        if (tree.replacing().contains(path)) {
            return true;
        }
        for (EntryPath above = path; !above.isLayer(); ) {
            above = above.parent();
            if (tree.replacing().contains(above) || opaque.contains(above)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfAufs(EntryPath path) {
        return !path.isLayer() && path.names().get(0).equals(Step.AUFS_LINKS);
    }

    @Override
    public void close() {
        tree.close();
    }
}
