package io.carafe.linux.checks;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.nio.charset.StandardCharsets;

/** A directory for one check, gone with all that is in it when the check ends. */
public final class Scratch implements AutoCloseable {

    final String path;
    /** O_PATH. */
    public final Fd dir;
    private final Linux linux;

    private Scratch(Linux linux, String path, Fd dir) {
        this.linux = linux;
        this.path = path;
        this.dir = dir;
    }

    public static Scratch make(Linux linux) {
        String parent = System.getProperty("java.io.tmpdir") + "/carafe-check-" + linux.processes.getpid() + "-";
        for (int i = 0; ; i++) {
            if (linux.paths.mkdirIfAbsent(Fd.CWD, parent + i, 0700)) {
                return new Scratch(linux, parent + i, linux.files.open(parent + i, O_PATH | O_DIRECTORY));
            }
        }
    }

    /** The same directory in a child's mount namespace: the descriptor made before stands in the parent's. Not to be closed. */
    Scratch seenBy(Linux child) {
        return new Scratch(child, path, child.files.open(path, O_PATH | O_DIRECTORY));
    }

    /** A new file with a content. */
    public void file(String name, String content) {
        try (Fd file = linux.files.openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600)) {
            linux.files.write(file, content.getBytes(StandardCharsets.UTF_8));
        }
    }

    void directory(String name) {
        linux.paths.mkdirat(dir, name, 0700);
    }

    String path(String name) {
        return path + "/" + name;
    }

    @Override
    public void close() {
        removeWhatIsIn(dir);
        dir.close();
        linux.paths.unlinkat(Fd.CWD, path, AT_REMOVEDIR);
    }

    /** Does not cross a mount: what a check left mounted makes the removal fail. */
    private void removeWhatIsIn(Fd parent) {
        for (String name : linux.files.list(parent, ".")) {
            FileStatus status = linux.paths.statx(parent, name, AT_SYMLINK_NOFOLLOW);
            if (status.isDirectory() && !status.mountRoot()) {
                try (Fd child = linux.files.openat(parent, name, O_PATH | O_DIRECTORY, 0)) {
                    removeWhatIsIn(child);
                }
            }
            linux.paths.unlinkat(parent, name, status.isDirectory() ? AT_REMOVEDIR : 0);
        }
    }
}
