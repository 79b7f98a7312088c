package io.carafe.runtime.container.checkpoint;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_TRUNC;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.criu.CriuException;
import io.carafe.runtime.criu.CriuLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the files of a checkpoint are.
 *
 * @param directory of the images
 * @param work where CRIU writes its log and its statistics; absent: among the images
 * @param parent images of an earlier checkpoint of the same container, counted from the directory
 */
public record Images(String directory, Optional<String> work, Optional<String> parent) {

    /** As runc, counted from the working directory. */
    public static final String DEFAULT = "checkpoint";

    private static final String DESCRIPTORS = "descriptors.json";
    private static final String INVENTORY = "inventory.img";
    private static final int PRIVATE_DIRECTORY = 0700;
    private static final int PRIVATE_FILE = 0600;
    private static final int LARGEST_LOG = 64 << 20;
    private static final int LARGEST_DESCRIPTORS = 1 << 20;

    /** @throws ContainerException for a parent that is not counted from the directory */
    public Images {
        if (parent.isPresent() && parent.get().startsWith("/")) {
            throw new ContainerException("--parent-path: expected a path counted from --image-path, as ../before, found \"" + parent.get() + '"');
        }
    }

    /** The directories, open. */
    record Opened(Linux linux, Images paths, Fd images, Optional<Fd> workOnly) implements AutoCloseable {

        Fd work() {
            return workOnly.orElse(images);
        }

        /** What CRIU inherits. */
        List<Fd> and(List<Fd> more) {
            List<Fd> all = new ArrayList<>(more);
            all.add(images);
            workOnly.ifPresent(all::add);
            return all;
        }

        /** In a mount namespace of its own CRIU mounts in them: what was opened before is on a mount of another there, which refuses that (EINVAL). */
        void reopen() {
            reopen(paths.directory(), images);
            workOnly.ifPresent(fd -> reopen(paths.work().orElseThrow(), fd));
        }

        private void reopen(String path, Fd number) {
            try (Fd fresh = linux.files.open(path, O_RDONLY | O_DIRECTORY)) {
                linux.files.dup3(fresh, number.number(), 0);
            }
        }

        void writeDescriptors(List<String> names) {
            try (Fd file = linux.files.openat(images, DESCRIPTORS, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, PRIVATE_FILE)) {
                linux.files.write(file, StandardStream.json(names));
            } catch (KernelException e) {
                throw e.during(DESCRIPTORS);
            }
        }

        /** @return empty of images that another program than runc or carafe has made */
        List<String> readDescriptors() {
            Optional<Fd> file = linux.files.openIfPresent(images, DESCRIPTORS, O_RDONLY | O_NOFOLLOW);
            if (file.isEmpty()) {
                return List.of();
            }
            try (Fd open = file.get()) {
                return StandardStream.names(linux.files.readAll(open, LARGEST_DESCRIPTORS));
            }
        }

        /** A failure of CRIU's with what its log says. */
        CriuException explained(CriuException failure, String log) {
            String more = complaint(log);
            return more.isEmpty() ? failure : new CriuException(failure.getMessage() + ": " + more);
        }

        /** What the log says of a failure, with its name. @return empty when there is none, or it says nothing */
        private String complaint(String log) {
            Optional<Fd> file = linux.files.openIfPresent(work(), log, O_RDONLY | O_NOFOLLOW);
            if (file.isEmpty()) {
                return "";
            }
            try (Fd open = file.get()) {
                String said = CriuLog.complaint(new String(linux.files.readAll(open, LARGEST_LOG), StandardCharsets.UTF_8));
                return (said.isEmpty() ? "" : said + " ") + "(" + paths.work().orElse(paths.directory()) + "/" + log + " has more)";
            }
        }

        @Override
        public void close() {
            workOnly.ifPresent(Fd::close);
            images.close();
        }
    }

    /** Makes the directories that are not there. @throws KernelException also where the parent is none */
    Opened make(Linux linux) {
        makeAll(linux, directory);
        work.ifPresent(path -> makeAll(linux, path));
        Opened opened = open(linux);
        if (parent.isPresent()) {
            try (Fd before = linux.files.openat(opened.images(), parent.get(), O_RDONLY | O_DIRECTORY, 0)) {
                if (linux.paths.statxIfPresent(before, INVENTORY, 0).isEmpty()) {
                    throw new KernelException("open " + parent.get() + "/" + INVENTORY, Errno.ENOENT);
                }
            } catch (KernelException e) {
                opened.close();
                throw e.during("--parent-path").hint(Errno.ENOENT, "expected the images of a pre-dump, counted from --image-path");
            }
        }
        return opened;
    }

    /** Of a restore: the images must be there. */
    Opened find(Linux linux) {
        try (Fd images = linux.files.open(directory, O_RDONLY | O_DIRECTORY)) {
            if (linux.paths.statxIfPresent(images, INVENTORY, 0).isEmpty()) {
                throw new ContainerException("--image-path: " + directory + " has no checkpoint: there is no " + INVENTORY);
            }
        } catch (KernelException e) {
            throw e.during("--image-path");
        }
        work.ifPresent(path -> makeAll(linux, path));
        return open(linux);
    }

    private Opened open(Linux linux) {
        try {
            Fd images = linux.files.open(directory, O_RDONLY | O_DIRECTORY);
            try {
                return new Opened(linux, this, images, work.map(path -> linux.files.open(path, O_RDONLY | O_DIRECTORY)));
            } catch (KernelException e) {
                images.close();
                throw e.during("--work-path");
            }
        } catch (KernelException e) {
            throw e.during("--image-path");
        }
    }

    private static void makeAll(Linux linux, String path) {
        for (int end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
            linux.paths.mkdirIfAbsent(Fd.CWD, path.substring(0, end), PRIVATE_DIRECTORY);
        }
        linux.paths.mkdirIfAbsent(Fd.CWD, path, PRIVATE_DIRECTORY);
    }
}
