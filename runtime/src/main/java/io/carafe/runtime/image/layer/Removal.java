package io.carafe.runtime.image.layer;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.util.Optional;

/** A layer's tree goes. */
public final class Removal {

    private Removal() {
    }

    /** Removes a directory and all in it; fine where there is none. Follows no link, crosses no mount. */
    public static void of(Linux linux, Fd parent, String name) {
        Optional<FileStatus> status = linux.paths.statxIfPresent(parent, name, AT_SYMLINK_NOFOLLOW);
        if (status.isEmpty()) {
            return;
        }
        if (!status.get().isDirectory()) {
            linux.paths.unlinkat(parent, name, 0);
            return;
        }
        if ((status.get().mode() & 0700) != 0700) {
            linux.paths.fchmodat(parent, name, 0700); // an ordinary user cannot remove from a directory that he may not write
        }
        try (Fd dir = linux.files.openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0)) {
            for (String child : linux.files.list(dir, ".")) {
                of(linux, dir, child);
            }
        }
        linux.paths.unlinkat(parent, name, AT_REMOVEDIR);
    }
}
