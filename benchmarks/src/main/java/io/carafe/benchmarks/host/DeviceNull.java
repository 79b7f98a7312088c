package io.carafe.benchmarks.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Owner and mode of /dev/null, which a runtime may change: crun 1.8 gives the container's user what it finds as standard input. */
public record DeviceNull(Object uid, Object gid, Object mode) {

    private static final Path PATH = Path.of("/dev/null");

    public static DeviceNull now() throws IOException {
        return new DeviceNull(Files.getAttribute(PATH, "unix:uid"), Files.getAttribute(PATH, "unix:gid"),
                Files.getAttribute(PATH, "unix:mode"));
    }

    /** @return whether there was anything to do */
    public boolean restore() throws IOException {
        if (equals(now())) {
            return false;
        }
        Files.setAttribute(PATH, "unix:uid", uid);
        Files.setAttribute(PATH, "unix:gid", gid);
        Files.setAttribute(PATH, "unix:mode", mode);
        return true;
    }
}
