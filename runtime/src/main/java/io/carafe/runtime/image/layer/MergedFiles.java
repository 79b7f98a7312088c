package io.carafe.runtime.image.layer;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.image.blob.ImageException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Small files as a container will see them, without putting the layers on one another: the rules of overlayfs, by hand. */
public final class MergedFiles {

    private static final int LARGEST = 4 << 20;

    private final Linux linux;
    private final Inodes inodes;
    private final List<String> layers;

    /** @param layers absolute paths of directories in the store, from the lowest up */
    public MergedFiles(Linux linux, List<String> layers) {
        this.linux = linux;
        this.inodes = new Inodes(linux.kernel);
        this.layers = layers;
    }

    /**
     * Reads a file that stands in a directory of the root.
     *
     * @return empty where the image has no such file
     * @throws ImageException when it is no regular file, or lies behind a symbolic link: none is followed
     */
    public String read(String directory, String name) {
        for (int i = layers.size() - 1; i >= 0; i--) {
            try (Fd layer = linux.files.open(layers.get(i), O_PATH | O_DIRECTORY)) {
                Optional<Fd> opened = linux.files.openIfPresent(layer, directory, O_PATH | O_NOFOLLOW);
                if (opened.isPresent()) {
                    try (Fd dir = opened.get()) {
                        Optional<String> answer = lookIn(dir, directory, name);
                        if (answer.isPresent()) {
                            return answer.get();
                        }
                    }
                }
                if (isOpaque(layer)) {
                    return "";
                }
            }
        }
        return "";
    }

    /** @return empty when the layers below have the answer */
    private Optional<String> lookIn(Fd dir, String directory, String name) {
        FileStatus status = linux.files.fstat(dir);
        if (status.isCharacterDevice(0, 0)) {
            return Optional.of("");
        }
        if (!status.isDirectory()) {
            throw new ImageException("/" + directory + ": expected a directory of the image, to look names up in");
        }
        Optional<Fd> opened = linux.files.openIfPresent(dir, name, O_PATH | O_NOFOLLOW);
        if (opened.isEmpty()) {
            return isOpaque(dir) ? Optional.of("") : Optional.empty();
        }
        try (Fd file = opened.get()) {
            FileStatus found = linux.files.fstat(file);
            if (found.isCharacterDevice(0, 0)) {
                return Optional.of("");
            }
            if (found.type() != S_IFREG) {
                throw new ImageException("/" + directory + "/" + name + ": expected a regular file of the image, to look names up in");
            }
            try (Fd readable = linux.files.openat(dir, name, O_RDONLY | O_NOFOLLOW, 0)) {
                return Optional.of(new String(linux.files.readAll(readable, LARGEST), StandardCharsets.UTF_8));
            }
        }
    }

    private boolean isOpaque(Fd dir) {
        return inodes.isYes(dir, Opacity.TRUSTED) || inodes.isYes(dir, Opacity.USER);
    }
}
