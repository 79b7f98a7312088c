package io.carafe.runtime.container;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.spec.Config;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.Process;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bundle: a directory with a config.json (bundle.md).
 *
 * @param path absolute, and without symbolic links, as the state names it
 */
public record Bundle(String path, Config config) {

    public static final String CONFIG = "config.json";

    /**
     * Opens a bundle.
     *
     * @param configFile counted from the bundle: {@link #CONFIG}, or what the caller has in its place
     * @throws KernelException ENOENT, EACCES: there is no such directory or no config.json in it
     * @throws SpecException what is wrong with config.json
     */
    public static Bundle read(Linux linux, String path, String configFile) {
        try (Fd dir = linux.files.open(path, O_PATH | O_DIRECTORY)) {
            String absolute = linux.paths.readlinkat(Fd.CWD, dir.path());
            try (Fd file = linux.files.openat(dir, configFile, O_RDONLY | O_NONBLOCK, 0)) { // a FIFO would block without O_NONBLOCK
                FileStatus status = linux.files.fstat(file);
                if (status.type() != S_IFREG) {
                    throw new ContainerException(configFile + ": expected a regular file in " + absolute);
                }
                if (status.size() > JsonReader.MAX_LENGTH) {
                    throw new ContainerException(configFile + ": expected at most " + JsonReader.MAX_LENGTH + " bytes, found " + status.size());
                }
                byte[] json = linux.files.readAll(file, JsonReader.MAX_LENGTH);
                return new Bundle(absolute, ConfigJson.read(json, 0, json.length));
            }
        } catch (KernelException e) {
            throw e.hint(Errno.ENOENT, "a bundle is a directory with a " + CONFIG + "; `carafe spec` writes one")
                    .hint(Errno.ENXIO, configFile + " is no regular file");
        }
    }

    /** The bundle with further annotations, which win over its own. */
    Bundle withAnnotations(Map<String, String> more) {
        if (more.isEmpty()) {
            return this;
        }
        Map<String, String> annotations = new LinkedHashMap<>(config.annotations());
        annotations.putAll(more);
        return new Bundle(path, config.withAnnotations(annotations));
    }

    /** What is to run in the container. @throws SpecException when the document does not say */
    public Process process() {
        return config.process().orElseThrow(() -> new SpecException("process", "required, and not there"));
    }

    public Bundle with(Config config) {
        return new Bundle(path, config);
    }

    /** The root's host path: {@code root.path}, relative to the bundle. */
    public String rootfs() {
        String root = config.root().orElseThrow(() -> new SpecException("root", "required, and not there")).path();
        return root.startsWith("/") ? root : path + "/" + root;
    }
}
