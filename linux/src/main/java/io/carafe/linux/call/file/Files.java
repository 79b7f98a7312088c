package io.carafe.linux.call.file;

import static io.carafe.linux.KernelException.check;
import static io.carafe.linux.abi.FileFlags.AT_EMPTY_PATH;
import static io.carafe.linux.abi.FileFlags.O_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.SPLICE_F_NONBLOCK;

import io.carafe.linux.AbsentCalls;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Struct.Dirent;
import io.carafe.linux.abi.Struct.Flock;
import io.carafe.linux.abi.Struct.OpenHow;
import io.carafe.linux.abi.Struct.Statfs;
import io.carafe.linux.abi.Struct.Statx;
import io.carafe.linux.abi.Struct.Winsize;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Open files and what is in them: open(2), read(2), write(2), getdents64(2), fstat(2), and what else takes a descriptor. What takes
 * names is in {@link Paths}.
 */
public final class Files {

    /** A line of mountinfo may be a page, and there may be fs.mount-max of them: a host of a thousand containers has megabytes. */
    private static final int LONGEST_TEXT = 64 << 20;
    private static final int CHUNK = 32 * 1024;
    /** Where a file may be that has no name: /tmp first, from which programs may be executed most often. */
    private static final List<String> PLACES = List.of("/tmp", "/var/tmp", "/dev/shm", "/run");
    private static final int PRIVATE_PROGRAM = 0700;

    private final Kernel kernel;
    private final Memory memory;
    private final AbsentCalls calls;
    private final StatxCall statx;

    public Files(Kernel kernel, Memory memory, AbsentCalls calls) {
        this.kernel = kernel;
        this.memory = memory;
        this.calls = calls;
        this.statx = new StatxCall(kernel, memory, calls);
    }

    /** open(2) of a host path. The caller owns the result. */
    public Fd open(String path, int flags) {
        return openat(Fd.CWD, path, flags, 0);
    }

    /** openat(2). The caller owns the result. */
    public Fd openat(Fd dir, String path, int flags, int mode) {
        long result = tryOpenat(dir, path, flags, mode);
        if (result < 0) {
            throw KernelException.of("open " + path, result);
        }
        return Fd.owned(kernel, result);
    }

    /** openat(2), where an absent file is an answer: empty on ENOENT. */
    public Optional<Fd> openIfPresent(Fd dir, String path, int flags) {
        long result = tryOpenat(dir, path, flags, 0);
        if (result == -Errno.ENOENT.number) {
            return Optional.empty();
        }
        if (result < 0) {
            throw KernelException.of("open " + path, result);
        }
        return Optional.of(Fd.owned(kernel, result));
    }

    private long tryOpenat(Fd dir, String path, int flags, int mode) {
        try (Memory.Frame frame = memory.frame()) {
            long name = frame.string(path);
            long result;
            do {
                result = kernel.call(Sys.OPENAT.nr, dir.number(), name, flags | O_CLOEXEC, mode);
            } while (result == -Errno.EINTR.number);
            return result;
        }
    }

    /**
     * openat2(2), Linux 5.6. The caller owns the result.
     *
     * @throws KernelException EAGAIN when a component moved during a scoped resolution: try again
     */
    public Fd openat2(Fd dir, String path, long flags, int mode, long resolve) {
        long result = tryOpenat2(dir, path, flags, mode, resolve);
        if (result < 0) {
            throw KernelException.of("openat2 " + path, result);
        }
        return Fd.owned(kernel, result);
    }

    /** openat2(2), where an absent file is an answer: empty on ENOENT. */
    public Optional<Fd> openat2IfPresent(Fd dir, String path, long flags, int mode, long resolve) {
        long result = tryOpenat2(dir, path, flags, mode, resolve);
        if (result == -Errno.ENOENT.number) {
            return Optional.empty();
        }
        if (result < 0) {
            throw KernelException.of("openat2 " + path, result);
        }
        return Optional.of(Fd.owned(kernel, result));
    }

    private long tryOpenat2(Fd dir, String path, long flags, int mode, long resolve) {
        try (Memory.Frame frame = memory.frame()) {
            long name = frame.string(path);
            long how = frame.zeroed(OpenHow.SIZE);
            kernel.putLong(how + OpenHow.FLAGS, flags | O_CLOEXEC);
            kernel.putLong(how + OpenHow.MODE, mode);
            kernel.putLong(how + OpenHow.RESOLVE, resolve);
            long result;
            do {
                result = calls.call(Sys.OPENAT2, dir.number(), name, how, OpenHow.SIZE, 0);
            } while (result == -Errno.EINTR.number);
            return result;
        }
    }

    /** read(2), once. @return bytes read; 0 at the end */
    public int read(Fd fd, byte[] into, int offset, int length) {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(length);
            long result = readOnce(fd, buffer, length);
            kernel.get(buffer, into, offset, (int) result);
            return (int) result;
        }
    }

    private long readOnce(Fd fd, long buffer, int length) {
        long result;
        do {
            result = kernel.call(Sys.READ.nr, fd.number(), buffer, length);
        } while (result == -Errno.EINTR.number);
        return check("read", result);
    }

    /**
     * Everything up to the end of a file.
     *
     * @param limit in bytes
     * @throws KernelException EFBIG when the file holds more
     */
    public byte[] readAll(Fd fd, int limit) {
        // Through memory that is there already: an array of a whole chunk for a file of forty bytes costs eight page faults.
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(CHUNK);
            byte[] content = {};
            int length = 0;
            while (true) {
                int count = (int) readOnce(fd, buffer, CHUNK);
                if (count == 0) {
                    return length == content.length ? content : Arrays.copyOf(content, length);
                }
                if (count > limit - length) {
                    throw new KernelException("read", Errno.EFBIG).hint(Errno.EFBIG, "more than " + limit + " bytes");
                }
                if (count > content.length - length) {
                    // Twice as much, or a long file is copied again with every chunk.
                    content = Arrays.copyOf(content, Math.max(length + count, (int) Math.min(limit, 2L * length)));
                }
                kernel.get(buffer, content, length, count);
                length += count;
            }
        }
    }

    /** The text of a file of the kernel's, as those of /proc and of a cgroup. @throws KernelException EFBIG beyond 64 MiB */
    public String readText(Fd dir, String path) {
        try (Fd fd = openat(dir, path, O_RDONLY, 0)) {
            return new String(readAll(fd, LONGEST_TEXT), StandardCharsets.UTF_8);
        } catch (KernelException e) {
            throw e.operation().equals("read") ? e.as("read " + path) : e;
        }
    }

    /** The text of a small file that may be gone: empty on ENOENT, and on ESRCH as files of a dead process answer. */
    public Optional<String> readIfPresent(Fd dir, String path) {
        try {
            return Optional.of(readText(dir, path));
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** write(2), until all is written. */
    public void write(Fd fd, byte[] content) {
        write(fd, content, 0, content.length);
    }

    /** write(2) of a part, until all of it is written. */
    public void write(Fd fd, byte[] from, int offset, int length) {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(length);
            kernel.put(buffer, from, offset, length);
            long done = 0;
            while (done < length) {
                long result = kernel.call(Sys.WRITE.nr, fd.number(), buffer + done, length - done);
                if (result < 0 && result != -Errno.EINTR.number) {
                    throw KernelException.of("write", result);
                }
                done += Math.max(result, 0);
            }
        }
    }

    /** Writes a text into a file of the kernel's (of /proc, of a cgroup), in one write(2) as such files ask. */
    public void writeText(Fd dir, String path, String text) {
        try (Fd fd = openat(dir, path, O_WRONLY, 0)) {
            write(fd, text.getBytes(StandardCharsets.UTF_8));
        } catch (KernelException e) {
            throw e.operation().equals("write") ? e.as("write " + quoted(text) + " to " + path) : e;
        }
    }

    private static String quoted(String text) {
        return '"' + text.replace("\n", "\\n") + '"';
    }

    /**
     * read(2), once, of what may have nothing yet (O_NONBLOCK).
     *
     * @return bytes read; 0 at the end; empty when there is nothing now (EAGAIN)
     */
    public OptionalInt tryRead(Fd fd, byte[] into, int offset, int length) {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(length);
            long result;
            do {
                result = kernel.call(Sys.READ.nr, fd.number(), buffer, length);
            } while (result == -Errno.EINTR.number);
            if (result == -Errno.EAGAIN.number) {
                return OptionalInt.empty();
            }
            check("read", result);
            kernel.get(buffer, into, offset, (int) result);
            return OptionalInt.of((int) result);
        }
    }

    /**
     * splice(2) from a pipe to another, once: what is there and fits is moved and not copied.
     *
     * @param most in bytes
     * @return bytes moved; 0 where there are none and no writer is left; empty when there is nothing now, or no room (EAGAIN)
     * @throws KernelException EPIPE: the other pipe has no reader, which SIGPIPE says, too
     */
    public OptionalInt trySplice(Fd from, Fd to, int most) {
        long result;
        do {
            result = kernel.call(Sys.SPLICE.nr, from.number(), 0, to.number(), 0, most, SPLICE_F_NONBLOCK);
        } while (result == -Errno.EINTR.number);
        return result == -Errno.EAGAIN.number ? OptionalInt.empty() : OptionalInt.of((int) check("splice", result));
    }

    /** write(2), once; the file may accept a part or nothing (O_NONBLOCK). @return bytes written; 0 on EAGAIN */
    public int tryWrite(Fd fd, byte[] from, int offset, int length) {
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(length);
            kernel.put(buffer, from, offset, length);
            long result;
            do {
                result = kernel.call(Sys.WRITE.nr, fd.number(), buffer, length);
            } while (result == -Errno.EINTR.number);
            return result == -Errno.EAGAIN.number ? 0 : (int) check("write", result);
        }
    }

    /** lseek(2) to a place counted from the start. */
    public void seek(Fd fd, long offset) {
        check("lseek", kernel.call(Sys.LSEEK.nr, fd.number(), offset, 0));
    }

    public void fchmod(Fd fd, int mode) {
        check("fchmod", kernel.call(Sys.FCHMOD.nr, fd.number(), mode));
    }

    public void fchown(Fd fd, int uid, int gid) {
        check("fchown", kernel.call(Sys.FCHOWN.nr, fd.number(), uid, gid));
    }

    /** statx(2). @param mask STATX_…; @param at address of a struct statx */
    public void statx(Fd fd, int mask, long at) {
        try (Memory.Frame frame = memory.frame()) {
            check("stat", statx.call(fd.number(), frame.string(""), AT_EMPTY_PATH, mask, at));
        }
    }

    /** fstat(2), by statx. */
    public FileStatus fstat(Fd fd) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.raw(Statx.SIZE);
            check("fstat", statx.call(fd.number(), frame.string(""), AT_EMPTY_PATH, FileStatus.ASKED, at));
            return FileStatus.at(kernel, at);
        }
    }

    /**
     * fstatfs(2).
     *
     * @param type as EXT4_SUPER_MAGIC
     * @param flags of the mount, as ST_RDONLY
     */
    public record FileSystem(long type, long flags) {
    }

    public FileSystem fstatfs(Fd fd) {
        try (Memory.Frame frame = memory.frame()) {
            long at = frame.raw(Statfs.SIZE);
            check("fstatfs", kernel.call(Sys.FSTATFS.nr, fd.number(), at));
            return new FileSystem(kernel.getLong(at + Statfs.TYPE), kernel.getLong(at + Statfs.FLAGS));
        }
    }

    /** The names in a directory, by getdents64(2), without {@code .} and {@code ..}, in the directory's order. */
    public List<String> list(Fd dir, String path) {
        return list(dir, path, false);
    }

    /** The names of the directories in a directory; of a file system that tells types in getdents64(2), as those of the kernel do. */
    public List<String> directories(Fd dir, String path) {
        return list(dir, path, true);
    }

    private List<String> list(Fd dir, String path, boolean onlyDirectories) {
        List<String> names = new ArrayList<>();
        try (Fd opened = openat(dir, path, O_RDONLY | O_DIRECTORY, 0); Memory.Frame frame = memory.frame()) {
            long buffer = frame.raw(CHUNK);
            while (true) {
                long length = check("getdents " + path, kernel.call(Sys.GETDENTS64.nr, opened.number(), buffer, CHUNK));
                if (length == 0) {
                    return names;
                }
                for (long at = buffer; at < buffer + length; at += kernel.getInt(at + Dirent.RECLEN) & 0xffff) {
                    if (onlyDirectories && kernel.getByte(at + Dirent.TYPE) != Dirent.DIRECTORY) {
                        continue;
                    }
                    String name = memory.name(at + Dirent.NAME);
                    if (!name.equals(".") && !name.equals("..")) {
                        names.add(name);
                    }
                }
            }
        }
    }

    /** dup3(2) onto a number; the result is inherited by an exec unless flags has O_CLOEXEC. */
    public void dup3(Fd fd, int number, int flags) {
        check("dup3", kernel.call(Sys.DUP3.nr, fd.number(), number, flags));
    }

    /** Another descriptor of the same open file, by F_DUPFD_CLOEXEC of fcntl(2). The caller owns the result. */
    public Fd duplicate(Fd fd) {
        return Fd.owned(kernel, fcntl(fd, FileFlags.F_DUPFD_CLOEXEC, 3));
    }

    /** O_NONBLOCK, by F_SETFL of fcntl(2): of the open file, and so of every descriptor that shares it. */
    public void setBlocking(Fd fd, boolean blocks) {
        long flags = fcntl(fd, FileFlags.F_GETFL, 0);
        fcntl(fd, FileFlags.F_SETFL, blocks ? flags & ~FileFlags.O_NONBLOCK : flags | FileFlags.O_NONBLOCK);
    }

    /** fcntl(2) with an integer argument. */
    public long fcntl(Fd fd, int command, long argument) {
        return check("fcntl", kernel.call(Sys.FCNTL.nr, fd.number(), command, argument));
    }

    /**
     * memfd_create(2), Linux 3.17; where a filter refuses it a file without a name (O_TMPFILE), which takes no seals. The caller owns the
     * result.
     */
    public Fd memfdCreate(String name, int flags) {
        try (Memory.Frame frame = memory.frame()) {
            long result = calls.call(Sys.MEMFD_CREATE, frame.string(name), flags, 0, 0, 0);
            return Fd.owned(kernel, check("memfd_create", AbsentCalls.isAbsent(result) ? unnamed(result) : result));
        }
    }

    private long unnamed(long refused) {
        long result = refused;
        for (int i = 0; result < 0 && i < PLACES.size(); i++) {
            result = tryOpenat(Fd.CWD, PLACES.get(i), FileFlags.O_TMPFILE | FileFlags.O_EXCL | FileFlags.O_RDWR, PRIVATE_PROGRAM);
        }
        return result < 0 ? refused : result;
    }

    /** eventfd(2), counting from 0. It reads as 8 bytes, and blocks while it is 0. The caller owns the result. */
    public Fd eventfd() {
        return Fd.owned(kernel, check("eventfd", kernel.call(Sys.EVENTFD2.nr, 0, O_CLOEXEC)));
    }

    /** The two ends of pipe2(2); the caller owns both. */
    public record Pipe(Fd out, Fd in) implements AutoCloseable {

        @Override
        public void close() {
            out.close();
            in.close();
        }
    }

    /** pipe2(2): what is written into {@code in} comes out of {@code out}. */
    public Pipe pipe() {
        try (Memory.Frame frame = memory.frame()) {
            long fds = frame.zeroed(2 * Integer.BYTES);
            check("pipe", kernel.call(Sys.PIPE2.nr, fds, O_CLOEXEC));
            return new Pipe(Fd.owned(kernel, kernel.getInt(fds)), Fd.owned(kernel, kernel.getInt(fds + Integer.BYTES)));
        }
    }

    /** sendfile(2) until the end of the source. */
    public void copy(Fd from, Fd to) {
        long count;
        do {
            count = check("sendfile", kernel.call(Sys.SENDFILE.nr, to.number(), from.number(), 0, 1 << 30));
        } while (count > 0);
    }

    /** flock(2). @throws KernelException EWOULDBLOCK (EAGAIN) with LOCK_NB */
    public void flock(Fd fd, int operation) {
        long result;
        do {
            result = kernel.call(Sys.FLOCK.nr, fd.number(), operation);
        } while (result == -Errno.EINTR.number);
        check("flock", result);
    }

    /**
     * fcntl(2), F_SETLK: locks one byte of a file against every other process. The lock is this process's: a child does not have it,
     * and it ends when this process closes any descriptor of the file, or ends.
     *
     * @param at the byte, which need not be there; @param fd open for writing
     * @return false when another process has it (EAGAIN, EACCES)
     */
    public boolean lockByte(Fd fd, long at) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.FCNTL.nr, fd.number(), FileFlags.F_SETLK, byteLock(frame, FileFlags.F_WRLCK, at));
            if (result == -Errno.EAGAIN.number || result == -Errno.EACCES.number) {
                return false;
            }
            check("lock", result);
            return true;
        }
    }

    /** Ends a lock of {@link #lockByte}. */
    public void unlockByte(Fd fd, long at) {
        try (Memory.Frame frame = memory.frame()) {
            check("unlock", kernel.call(Sys.FCNTL.nr, fd.number(), FileFlags.F_SETLK, byteLock(frame, FileFlags.F_UNLCK, at)));
        }
    }

    /**
     * fcntl(2), F_GETLK: which other process has locked a byte. Asking locks nothing.
     *
     * @return its pid, 0 where it is in a pid namespace that is not seen from here; empty when no other process has
     */
    public OptionalInt lockerOfByte(Fd fd, long at) {
        try (Memory.Frame frame = memory.frame()) {
            long lock = byteLock(frame, FileFlags.F_WRLCK, at);
            check("ask for the lock", kernel.call(Sys.FCNTL.nr, fd.number(), FileFlags.F_GETLK, lock));
            boolean isFree = (kernel.getInt(lock + Flock.TYPE) & 0xffff) == FileFlags.F_UNLCK;
            return isFree ? OptionalInt.empty() : OptionalInt.of(Math.max(0, kernel.getInt(lock + Flock.PID)));
        }
    }

    private long byteLock(Memory.Frame frame, int type, long at) {
        long lock = frame.zeroed(Flock.SIZE);
        kernel.putInt(lock + Flock.TYPE, type);
        kernel.putLong(lock + Flock.START, at);
        kernel.putLong(lock + Flock.LENGTH, 1);
        return lock;
    }

    /** fsync(2). */
    public void fsync(Fd fd) {
        check("fsync", kernel.call(Sys.FSYNC.nr, fd.number()));
    }

    /** syncfs(2) on the file system of an open file. It reports write errors since Linux 5.8. */
    public void syncfs(Fd fd) {
        check("syncfs", kernel.call(Sys.SYNCFS.nr, fd.number()));
    }

    /** ioctl(2) TIOCGWINSZ: the columns of a terminal, 0 if unknown. Empty for another file (ENOTTY), a terminal that was hung up (EIO), no descriptor (EBADF). */
    public OptionalInt columns(Fd fd) {
        try (Memory.Frame frame = memory.frame()) {
            long size = frame.zeroed(Winsize.SIZE);
            long result = kernel.call(Sys.IOCTL.nr, fd.number(), FileFlags.TIOCGWINSZ, size);
            // EINVAL: some drivers say so of a command that they do not know.
            if (result == -Errno.ENOTTY.number || result == -Errno.EINVAL.number || result == -Errno.EIO.number
                    || result == -Errno.EBADF.number) {
                return OptionalInt.empty();
            }
            check("read the size of a terminal", result);
            return OptionalInt.of(kernel.getInt(size) >>> 8 * Winsize.COLUMNS);
        }
    }
}
