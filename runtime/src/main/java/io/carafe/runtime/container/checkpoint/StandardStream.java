package io.carafe.runtime.container.checkpoint;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.MountInfo;
import io.carafe.spec.json.JsonWriter;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.table.Property;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.TextType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A descriptor of a container's process at the checkpoint, which may be what the container was given as a standard stream. A shell keeps those
 * that it redirects under other numbers.
 *
 * @param number of the descriptor
 * @param link what /proc/PID/fd/N says: {@code pipe:[4711]}, {@code /dev/pts/0}
 * @param mount the id of the mount that the file is on, as mountinfo has it
 * @param mode O_RDONLY, O_WRONLY or O_RDWR
 */
record StandardStream(int number, String link, int mount, long inode, int mode) {

    static final int COUNT = 3;

    private static final String MOUNT_ID = "mnt_id:";
    private static final String FLAGS = "flags:";
    private static final int OCTAL = 8;

    /** A list is read as the property of an object. */
    private record Names(List<String> descriptors) {
    }

    private static final RecordTable<Names> TABLE = RecordTable.of(row -> new Names(row.next()), Property.list("descriptors", TextType.TEXT, Names::descriptors));

    /** Those of some processes. What a process closes meanwhile, and a process that ends, are passed over. */
    static List<StandardStream> of(Linux linux, Collection<Integer> pids) {
        List<StandardStream> all = new ArrayList<>();
        for (int pid : pids) {
            for (String number : numbers(linux, pid)) {
                read(linux, pid, number).ifPresent(all::add);
            }
        }
        return all;
    }

    private static List<String> numbers(Linux linux, int pid) {
        try {
            return linux.files.list(Fd.CWD, "/proc/" + pid + "/fd");
        } catch (KernelException e) {
            return passOver(e, List.of());
        }
    }

    private static Optional<StandardStream> read(Linux linux, int pid, String number) {
        String path = "/proc/" + pid + "/fd/" + number;
        try {
            String info = linux.files.readText(Fd.CWD, "/proc/" + pid + "/fdinfo/" + number);
            return Optional.of(new StandardStream(Integer.parseInt(number), linux.paths.readlinkat(Fd.CWD, path), value(info, MOUNT_ID, 10),
                    linux.paths.statx(Fd.CWD, path, 0).inode(), value(info, FLAGS, OCTAL) & FileFlags.O_ACCMODE));
        } catch (KernelException e) {
            return passOver(e, Optional.empty());
        }
    }

    private static <V> V passOver(KernelException e, V nothing) {
        if (!e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
            throw e;
        }
        return nothing;
    }

    private static int value(String info, String name, int radix) {
        for (String line : info.split("\n")) {
            if (line.startsWith(name)) {
                return Integer.parseInt(line.substring(name.length()).strip(), radix);
            }
        }
        return 0;
    }

    /**
     * By what name the caller of restore gives it again: a pipe has one already, a file of the host gets CRIU's, since no mount of the container's
     * leads to it.
     *
     * @return empty where it is the container's own: a terminal, a file
     */
    Optional<String> key(List<MountInfo> container) {
        if (link.startsWith("pipe:")) {
            return Optional.of(link);
        }
        return isOfHost(container) ? Optional.of("file[" + Integer.toHexString(mount) + ":" + Long.toHexString(inode) + "]") : Optional.empty();
    }

    /** Whether no mount of the container's leads to it. */
    boolean isOfHost(List<MountInfo> container) {
        return link.startsWith("/") && container.stream().noneMatch(one -> one.id() == mount);
    }

    /**
     * What the three streams are called, for the restore: what has their number in the first process; where that was redirected to something of
     * the container's own, what else comes from outside and is open for the same.
     *
     * @param all of the first process, and then of others
     */
    static List<String> names(List<StandardStream> all, List<MountInfo> container) {
        List<String> names = new ArrayList<>();
        for (int number = 0; number < COUNT; number++) {
            int wanted = number;
            Optional<StandardStream> own = all.stream().filter(one -> one.number() == wanted).findFirst();
            names.add(own.map(one -> one.key(container).orElse(one.link())).orElse(""));
        }
        for (StandardStream one : all) {
            Optional<String> key = one.isOfHost(container) || one.isPipeToOutside(all) ? one.key(container) : Optional.empty();
            if (key.isPresent() && !names.contains(key.get())) {
                place(key.get(), one.mode() == FileFlags.O_RDONLY ? List.of(0) : List.of(1, 2), names);
            }
        }
        return names;
    }

    private static void place(String key, List<Integer> numbers, List<String> names) {
        for (int number : numbers) {
            if (!names.get(number).startsWith("pipe:") && !names.get(number).startsWith("file[")) {
                names.set(number, key);
                return;
            }
        }
    }

    /** Nobody in the container has the other end. */
    private boolean isPipeToOutside(List<StandardStream> all) {
        return link.startsWith("pipe:") && all.stream().noneMatch(other -> other.link().equals(link) && other.mode() != mode);
    }

    /** {@code descriptors.json} beside the images, as runc writes it: the names of the three. */
    static byte[] json(List<String> names) {
        return JsonWriter.compact(out -> {
            out.beginArray();
            names.forEach(out::text);
            out.endArray();
        });
    }

    /** @throws SpecException for another document */
    static List<String> names(byte[] json) {
        byte[] object = ("{\"descriptors\":" + new String(json, StandardCharsets.UTF_8) + "}").getBytes(StandardCharsets.UTF_8);
        return TABLE.read(object, 0, object.length).descriptors();
    }
}
