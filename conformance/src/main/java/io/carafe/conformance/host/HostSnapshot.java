package io.carafe.conformance.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The host as a test finds it and has to leave it: mounts, device nodes, host name. Cgroups and processes are counted by their cell
 * ({@link Cell#end}), so what others do on the host meanwhile is not laid at a runtime's door.
 */
public final class HostSnapshot {

    private final Map<String, String> things = new TreeMap<>();

    private HostSnapshot() {
    }

    static HostSnapshot take() {
        HostSnapshot snapshot = new HostSnapshot();
        Host.text("/proc/self/mountinfo").lines().forEach(line -> snapshot.things.put("mount " + line, ""));
        snapshot.devices(Path.of("/dev"));
        snapshot.things.put("host name", Host.text("/proc/sys/kernel/hostname").strip());
        return snapshot;
    }

    private void devices(Path directory) {
        for (Path node : children(directory)) {
            try {
                Map<String, Object> status = Files.readAttributes(node, "unix:mode,uid,gid,rdev", LinkOption.NOFOLLOW_LINKS);
                things.put("device " + node, Integer.toOctalString((Integer) status.get("mode")) + " " + status.get("uid") + ":"
                        + status.get("gid") + " " + status.get("rdev"));
            } catch (IOException gone) {
                continue;
            }
        }
    }

    private static List<Path> children(Path directory) {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                entries.forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    /** What is otherwise there than here, one line each. */
    public List<String> changesTo(HostSnapshot later) {
        List<String> changes = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(things.keySet());
        names.addAll(later.things.keySet());
        for (String name : names) {
            String before = things.get(name);
            String after = later.things.get(name);
            if (before == null) {
                changes.add("new: " + name + " " + after);
            } else if (after == null) {
                changes.add("gone: " + name + " " + before);
            } else if (!before.equals(after)) {
                changes.add("changed: " + name + " from " + before + " to " + after);
            }
        }
        return changes;
    }
}
