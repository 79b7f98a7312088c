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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Makes a layer's directory from its tar, entry by entry as {@link Step} decides. */
final class Unpacking implements AutoCloseable {

    private static final int CHUNK = 32 * 1024;
    private static final byte[] YES = {'y'};
    private static final String SELF = ".";

    /** What a directory gets at the end: making files in it changes its time, and its mode may forbid it. */
    private record Finish(int mode, Time accessed, Time modified) {
    }

    private final Linux linux;
    private final Inodes inodes;
    private final Fd layer;
    private final Tree tree;
    private final boolean isRoot;
    private final byte[] buffer = new byte[CHUNK];
    /** All else is streamed; this grows with the number of directories. */
    private final Map<EntryPath, Finish> directories = new LinkedHashMap<>();

    /** Borrows the descriptor of the layer's empty directory. */
    Unpacking(Linux linux, Fd layer) {
        this.linux = linux;
        this.inodes = new Inodes(linux.kernel);
        this.layer = layer;
        this.tree = new Tree(linux, layer);
        this.isRoot = linux.credentials.geteuid() == 0;
    }

    /** @throws ImageException when the archive is damaged, or hostile */
    void unpack(TarReader tar) throws IOException {
        for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            Step step = Step.of(entry.get(), isRoot);
            try {
                perform(step, tar);
            } catch (ImageException e) {
                throw e.during("entry " + entry.get().name());
            } catch (KernelException e) {
                throw e.during("entry " + entry.get().name())
                        .hint(Errno.EINVAL, "an id that the user namespace does not map, or an attribute that the file system refuses")
                        .hint(Errno.EOPNOTSUPP, "the file system of the layers has no such attributes");
            }
        }
        finish();
    }

    private void perform(Step step, TarReader tar) throws IOException {
        if (step instanceof Step.Make make) {
            make(make.path(), make.entry(), tar);
        } else if (step instanceof Step.Link link) {
            link(link);
        } else if (step instanceof Step.Whiteout whiteout) {
            whiteOut(whiteout.path());
        } else if (step instanceof Step.Opaque opaque) {
            makeOpaque(opaque.directory());
        }
    }

    private void make(EntryPath path, TarEntry entry, TarReader tar) throws IOException {
        Fd dir = path.isLayer() ? layer : tree.directory(path.parent());
        String name = path.isLayer() ? SELF : path.name();
        boolean hidesLower = clear(path, dir, name, entry.type());
        switch (entry.type()) {
            case FILE -> file(dir, name, entry, tar);
            case DIRECTORY -> {
                if (!path.isLayer()) {
                    linux.paths.mkdirIfAbsent(dir, name, 0700);
                }
                directories.put(path, new Finish(entry.mode(), entry.accessed(), entry.modified()));
            }
            case SYMBOLIC_LINK -> linux.paths.symlinkat(entry.linkName(), dir, name);
            case FIFO -> linux.paths.mkfifoat(dir, name, 0600);
            case CHARACTER_DEVICE -> linux.paths.mknodat(dir, name, S_IFCHR | 0600, entry.major(), entry.minor());
            case BLOCK_DEVICE -> linux.paths.mknodat(dir, name, S_IFBLK | 0600, entry.major(), entry.minor());
            case HARD_LINK -> throw new IllegalStateException("a link is a step of its own");
        }
        attributes(dir, name, entry);
        if (hidesLower) {
            setOpaque(dir, name);
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
                    linux.files.write(file, count == buffer.length ? buffer : Arrays.copyOf(buffer, count));
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
            setXattr(dir, name, xattr.getKey(), xattr.getValue());
        }
        if (entry.type() != Type.DIRECTORY) {
            inodes.times(dir, name, entry.accessed(), entry.modified());
        }
    }

    /** An ordinary user may set those of {@code user.} only, and goes without the others as he goes without the owners. */
    private void setXattr(Fd dir, String name, String attribute, byte[] value) {
        try {
            inodes.setXattr(dir, name, attribute, value);
        } catch (KernelException e) {
            if (isRoot || attribute.startsWith("user.") || !e.is(Errno.EPERM)) {
                throw e;
            }
        }
    }

    private void link(Step.Link link) {
        Optional<FileStatus> target = tree.find(link.target());
        if (target.isEmpty() || target.get().isDirectory() || target.get().isCharacterDevice(0, 0)) {
            throw new ImageException("expected a hard link to a file that came before it, found one to " + link.target());
        }
        Fd dir = tree.directory(link.path().parent());
        clear(link.path(), dir, link.path().name(), Type.HARD_LINK);
        // From the layer's directory: find has just seen that no link is in the way, and nobody else writes here.
        inodes.link(layer, link.target().toString(), dir, link.path().name());
    }

    private void whiteOut(EntryPath path) {
        Fd dir = tree.directory(path.parent());
        Optional<FileStatus> before = linux.paths.statxIfPresent(dir, path.name(), AT_SYMLINK_NOFOLLOW);
        if (before.isEmpty()) {
            linux.paths.mknodat(dir, path.name(), S_IFCHR, 0, 0); // without privilege since Linux 5.8
        } else if (before.get().isDirectory()) {
            setOpaque(dir, path.name());
        } // Of any other file, this layer's own hides the lower one already.
    }

    private void makeOpaque(EntryPath path) {
        if (path.isLayer()) {
            setOpaque(layer, SELF);
        } else {
            setOpaque(tree.directory(path), SELF);
        }
    }

    private void setOpaque(Fd dir, String name) {
        try {
            inodes.setXattr(dir, name, Opacity.TRUSTED, YES);
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
            inodes.setXattr(dir, name, Opacity.USER, YES); // without CAP_SYS_ADMIN; overlayfs reads it with userxattr (Linux 5.11)
        }
    }

    /** Directories from the deepest up: each one's mode may shut those in it, and its time is last. */
    private void finish() {
        EntryPath[] paths = directories.keySet().toArray(new EntryPath[0]);
        Arrays.sort(paths, (one, other) -> other.names().size() - one.names().size());
        for (EntryPath path : paths) {
            Finish finish = directories.get(path);
            Fd dir = path.isLayer() ? layer : tree.directory(path.parent());
            String name = path.isLayer() ? SELF : path.name();
            linux.paths.fchmodat(dir, name, finish.mode());
            inodes.times(dir, name, finish.accessed(), finish.modified());
        }
    }

    @Override
    public void close() {
        tree.close();
    }
}
