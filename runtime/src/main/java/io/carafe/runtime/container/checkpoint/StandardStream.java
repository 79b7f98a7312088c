package io.carafe.runtime.container.checkpoint;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.MountInfo;
import io.carafe.spec.json.JsonWriter;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.table.Property;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.TextType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A standard stream of a container's first process, as it was at the checkpoint.
 *
 * @param link what /proc/PID/fd/N says: {@code pipe:[4711]}, {@code /dev/pts/0}
 * @param mount the id of the mount that the file is on, as mountinfo has it
 */
record StandardStream(String link, int mount, long inode) {

    static final int COUNT = 3;

    /** A list is read as the property of an object. */
    private record Names(List<String> descriptors) {
    }

    private static final RecordTable<Names> TABLE = RecordTable.of(row -> new Names(row.next()), Property.list("descriptors", TextType.TEXT, Names::descriptors));
    private static final String MOUNT_ID = "mnt_id:";

    /** Those of a process. One that it has closed has an empty link. */
    static List<StandardStream> of(Linux linux, int pid) {
        List<StandardStream> streams = new ArrayList<>(COUNT);
        for (int number = 0; number < COUNT; number++) {
            streams.add(read(linux, "/proc/" + pid, number));
        }
        return streams;
    }

    private static StandardStream read(Linux linux, String process, int number) {
        String path = process + "/fd/" + number;
        try {
            return new StandardStream(linux.paths.readlinkat(Fd.CWD, path), mount(linux.files.readText(Fd.CWD, process + "/fdinfo/" + number)),
                    linux.paths.statx(Fd.CWD, path, 0).inode());
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            return new StandardStream("", 0, 0);
        }
    }

    private static int mount(String info) {
        for (String line : info.split("\n")) {
            if (line.startsWith(MOUNT_ID)) {
                return Integer.parseInt(line.substring(MOUNT_ID.length()).strip());
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
