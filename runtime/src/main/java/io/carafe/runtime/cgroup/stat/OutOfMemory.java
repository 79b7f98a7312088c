package io.carafe.runtime.cgroup.stat;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.Poll;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The kernel's notices that a cgroup ran out of memory: an eventfd(2) registered in cgroup.event_control on v1, memory.events on v2,
 * which poll(2) tells with POLLPRI when it has changed.
 */
public final class OutOfMemory implements AutoCloseable {

    private static final int SMALL = 4096;

    private final Linux linux;
    private final Fd fd;
    /** v1: memory.oom_control, which must stay open as long as notices are wanted. */
    private final Optional<Fd> control;
    private final String directory;
    private long count;
    /** v1: whether a notice has come. */
    private boolean told;

    private OutOfMemory(Linux linux, String directory, Fd fd, Optional<Fd> control) {
        this.linux = linux;
        this.directory = directory;
        this.fd = fd;
        this.control = control;
    }

    /** @return empty where no memory controller counts for the container */
    public static Optional<OutOfMemory> watch(Linux linux, CgroupPaths paths) {
        Optional<String> v1 = paths.v1With("memory");
        if (v1.isPresent()) {
            return Optional.of(ofV1(linux, v1.get()));
        }
        return paths.unified().flatMap(path -> linux.files.openIfPresent(Fd.CWD, path + "/memory.events", O_RDONLY)).map(events -> {
            OutOfMemory watch = new OutOfMemory(linux, paths.unified().get(), events, Optional.empty());
            watch.count = watch.kills();
            return watch;
        });
    }

    private static OutOfMemory ofV1(Linux linux, String directory) {
        try (Undo undo = new Undo()) {
            Fd control = undo.onFailure(linux.files.open(directory + "/memory.oom_control", O_RDONLY), Fd::close);
            Fd event = undo.onFailure(linux.files.eventfd(), Fd::close);
            linux.files.writeText(Fd.CWD, directory + "/cgroup.event_control", event.number() + " " + control.number());
            OutOfMemory watch = new OutOfMemory(linux, directory, event, Optional.of(control));
            watch.count = watch.kills();
            undo.keep();
            return watch;
        }
    }

    public Fd fd() {
        return fd;
    }

    /** What to poll the descriptor for. */
    public int events() {
        return control.isPresent() ? Poll.POLLIN : Poll.POLLPRI;
    }

    /** To be asked when the descriptor is ready. @return whether memory ran out; else another event of memory was counted */
    public boolean happened() {
        if (control.isPresent()) {
            linux.files.read(fd, new byte[Long.BYTES], 0, Long.BYTES);
            // The end of the cgroup is told by the same descriptor.
            boolean happened = linux.paths.statxIfPresent(Fd.CWD, directory, 0).isPresent();
            told |= happened;
            return happened;
        }
        long before = count;
        count = kills();
        return count > before;
    }

    /**
     * To be asked at the end of the container, whether the descriptor is ready or not: notices come late on v2, up to 10 ms after the count
     * (cgroup_file_notify of the kernel), and on v1 there is none where the memory of a cgroup above ran out.
     */
    public boolean happenedUntold() {
        return control.isPresent() ? !told && kills() > count : happened();
    }

    /** Processes that were killed; 0 before Linux 4.13, which does not count them. */
    private long kills() {
        Fd file = control.orElse(fd);
        byte[] text = new byte[SMALL];
        linux.files.seek(file, 0);
        int length = linux.files.read(file, text, 0, text.length);
        for (String line : new String(text, 0, length, StandardCharsets.US_ASCII).split("\n")) {
            List<String> words = CounterFormat.words(line);
            if (words.size() == 2 && words.get(0).equals("oom_kill")) {
                return Long.parseLong(words.get(1));
            }
        }
        return 0;
    }

    @Override
    public void close() {
        fd.close();
        control.ifPresent(Fd::close);
    }
}
