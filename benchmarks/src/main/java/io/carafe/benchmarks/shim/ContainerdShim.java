package io.carafe.benchmarks.shim;

import io.carafe.benchmarks.process.OciRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A shim to be measured, with the runtime that it calls.
 *
 * @param name shown in the results
 * @param type containerd's name for it, from which it makes the name of its executable
 */
public record ContainerdShim(String name, String type, Path binary, Path runtime) {

    /** containerd's own shim, with runc. */
    public static final String PEER = "runc-v2";

    private static final String FILE = "shims";
    private static final String SEPARATOR = "\t";

    public static ContainerdShim ours(Path binary, Path carafe) {
        return new ContainerdShim(OciRuntime.CARAFE, "io.containerd.carafe.v2", binary, carafe);
    }

    public static ContainerdShim peer(Path binary, Path runc) {
        return new ContainerdShim(PEER, "io.containerd.runc.v2", binary, runc);
    }

    public boolean isOurs() {
        return name.equals(OciRuntime.CARAFE);
    }

    public List<String> version() {
        return List.of(binary.toString(), "-v");
    }

    /** The same, with copies of shim and runtime, side by side as an installation has them. */
    public ContainerdShim copiedTo(Path folder) throws IOException {
        return new ContainerdShim(name, type, copy(binary, folder), copy(runtime, folder));
    }

    public ContainerdShim withRuntime(Path other) {
        return new ContainerdShim(name, type, binary, other);
    }

    private static Path copy(Path file, Path folder) throws IOException {
        return Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Says to forked JVMs which shims take part. @param folder of the work */
    public static void admit(Path folder, List<ContainerdShim> shims) throws IOException {
        List<String> lines = new ArrayList<>();
        for (ContainerdShim shim : shims) {
            lines.add(String.join(SEPARATOR, shim.name, shim.type, shim.binary.toString(), shim.runtime.toString()));
        }
        Files.write(folder.resolve(FILE), lines);
    }

    static List<ContainerdShim> admitted(Path folder) {
        try {
            List<ContainerdShim> shims = new ArrayList<>();
            for (String line : Files.readAllLines(folder.resolve(FILE))) {
                String[] fields = line.split(SEPARATOR);
                shims.add(new ContainerdShim(fields[0], fields[1], Path.of(fields[2]), Path.of(fields[3])));
            }
            return shims;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
