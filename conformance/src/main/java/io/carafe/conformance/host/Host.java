package io.carafe.conformance.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * What this machine is, as far as tests depend on it. Asked once.
 *
 * @param root we are, and may mount and make devices
 * @param cgroups those below which sandboxes get theirs; none for an ordinary user
 * @param view which of the hierarchies a sandbox shows
 */
public record Host(boolean root, List<Hierarchy> cgroups, View view) {

    /** What a runtime finds below /sys/fs/cgroup. */
    public enum View {
        /** What this host has. */
        HOST,
        /** The cgroup2 tree alone, as on a host that has nothing else. */
        V2
    }

    /** The user of the tests that want an ordinary one. */
    public static final int UNPRIVILEGED_USER = 65533;

    private static final POSIX POSIX_CALLS = POSIXFactory.getNativePOSIX();

    public Host {
        cgroups = List.copyOf(cgroups);
    }

    public static Host probe(View view) {
        boolean root = POSIX_CALLS.geteuid() == 0;
        List<Hierarchy> all = root ? Hierarchy.ofThisHost() : List.of();
        return new Host(root, view == View.V2 ? all.stream().filter(Hierarchy::unified).toList() : all, view);
    }

    static POSIX posix() {
        return POSIX_CALLS;
    }

    /** v1, hybrid, v2 or none: what a sandbox shows. */
    public String layout() {
        boolean unified = cgroups.stream().anyMatch(Hierarchy::unified);
        boolean v1 = cgroups.stream().anyMatch(hierarchy -> !hierarchy.unified());
        return v1 && unified ? "hybrid" : v1 ? "v1" : unified ? "v2" : "none";
    }

    /** A file system that the kernel has, as {@code resctrl}. */
    public boolean hasFilesystem(String name) {
        return text("/proc/filesystems").lines().anyMatch(line -> line.endsWith("\t" + name));
    }

    /** In the words of `uname -sr`, with the user and the cgroups: what a reader of a report has to know. */
    public String describe() {
        String release = text("/proc/sys/kernel/osrelease").strip();
        String machine = System.getProperty("os.arch");
        return "Linux " + release + " " + machine + ", " + (root ? "root" : "an ordinary user") + ", cgroups " + layout()
                + (view == View.V2 ? " (a view of a host that has more)" : "");
    }

    static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            return "";
        }
    }
}
