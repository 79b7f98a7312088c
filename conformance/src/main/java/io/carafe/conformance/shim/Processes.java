package io.carafe.conformance.shim;

import io.carafe.conformance.host.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processes of a sandbox, as its /proc shows them. */
public final class Processes {

    private final Sandbox sandbox;
    private final Path shim;

    /** @param shim the binary under test */
    Processes(Sandbox sandbox, Path shim) {
        this.sandbox = sandbox;
        this.shim = shim;
    }

    /** All pids. */
    public List<Long> all() {
        try (var entries = Files.list(sandbox.inside("/proc"))) {
            return entries.map(path -> path.getFileName().toString()).filter(name -> name.matches("\\d+")).map(Long::parseLong).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pids of those whose program is the shim's. */
    public List<Long> ofShim() {
        return all().stream().filter(pid -> {
            try {
                return Files.readSymbolicLink(sandbox.inside("/proc/" + pid + "/exe")).equals(shim.toRealPath());
            } catch (IOException gone) {
                return false;
            }
        }).toList();
    }

    /** A file of /proc/PID, as text; empty where there is none. */
    public String file(long pid, String name) {
        return sandbox.read(sandbox.inside("/proc/" + pid + "/" + name));
    }

    /** What the open descriptors of a process lead to. */
    public List<String> descriptors(long pid) {
        List<String> links = new ArrayList<>();
        try (var entries = Files.list(sandbox.inside("/proc/" + pid + "/fd"))) {
            for (Path entry : entries.sorted().toList()) {
                try {
                    links.add(Files.readSymbolicLink(entry).toString());
                } catch (IOException closed) {
                    continue;
                }
            }
        } catch (IOException gone) {
            return List.of();
        }
        return links;
    }
}
