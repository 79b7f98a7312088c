package io.carafe.shim.sandbox;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.call.Linux;
import io.carafe.shim.name.AbsolutePath;
import io.carafe.shim.name.Identifier;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@link PodFilesPlan}, in a directory of the sandbox's bundle. */
public final class PodFiles {

    static final String HOSTNAME = "hostname";
    static final String HOSTS = "hosts";
    static final String RESOLVER = "resolv.conf";
    static final String MEMORY = "shm";

    private static final String CONTAINERS = "containers";
    private static final String DIRECTORY = "/pod";
    private static final int OWN = 0700;
    private static final int SEARCHABLE = 0711;
    private static final int READABLE = 0644;
    private static final int MOST = 1 << 20;

    private final Linux linux;
    private final String directory;

    public PodFiles(Linux linux, String bundle) {
        this.linux = linux;
        this.directory = bundle + DIRECTORY;
    }

    String path(String name) {
        return directory + "/" + name;
    }

    /** Whether a sandbox has had some in this bundle. */
    public boolean isThere() {
        return linux.paths.statxIfPresent(Fd.CWD, directory, 0).isPresent();
    }

    void make(PodFilesPlan plan) {
        linux.paths.mkdirat(Fd.CWD, directory, SEARCHABLE);
        write(HOSTNAME, ((plan.hostname().isEmpty() ? linux.files.readText(Fd.CWD, "/proc/sys/kernel/hostname").strip() : plan.hostname()) + "\n")
                .getBytes(StandardCharsets.UTF_8));
        write(HOSTS, ofHost("/etc/hosts"));
        write(RESOLVER, plan.resolver().map(text -> text.getBytes(StandardCharsets.UTF_8)).orElseGet(() -> ofHost("/etc/resolv.conf")));
        linux.paths.mkdirat(Fd.CWD, path(CONTAINERS), OWN);
        if (plan.memory()) {
            linux.paths.mkdirat(Fd.CWD, path(MEMORY), SEARCHABLE);
            linux.mounts.mount("shm", path(MEMORY), "tmpfs", MountFlags.MS_NOSUID | MountFlags.MS_NODEV | MountFlags.MS_NOEXEC, "mode=1777,size=64m");
        }
    }

    /**
     * Writes down a container that is to be in the pod: where the shim is killed nobody calls for the end of each.
     *
     * @param itsBundle where it is
     */
    void remember(String container, String itsBundle) {
        forget(container);
        write(CONTAINERS + "/" + container, itsBundle.getBytes(StandardCharsets.UTF_8));
    }

    void forget(String container) {
        unlink(Fd.CWD, path(CONTAINERS) + "/" + container, 0);
    }

    /** The containers that are written down, and the bundle of each. */
    public Map<String, String> containers() {
        Map<String, String> containers = new LinkedHashMap<>();
        Optional<Fd> opened = linux.files.openIfPresent(Fd.CWD, path(CONTAINERS), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (opened.isPresent()) {
            try (Fd here = opened.get()) {
                for (String name : linux.files.list(here, ".")) {
                    containers.put(Identifier.of("a container of the pod", name),
                            AbsolutePath.of("bundle of " + name, linux.files.readText(here, name)));
                }
            }
        }
        return containers;
    }

    /** Nothing where the host has none. */
    private byte[] ofHost(String path) {
        Optional<Fd> opened = linux.files.openIfPresent(Fd.CWD, path, O_RDONLY);
        if (opened.isEmpty()) {
            return new byte[0];
        }
        try (Fd file = opened.get()) {
            return linux.files.readAll(file, MOST);
        }
    }

    private void write(String name, byte[] content) {
        try (Fd file = linux.files.openat(Fd.CWD, path(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, READABLE)) {
            linux.files.fchmod(file, READABLE); // whatever the mask is
            linux.files.write(file, content);
        }
    }

    /** All of them, also those of another process; none are fine. */
    public void remove() {
        if (!isThere()) {
            return;
        }
        unmount();
        try (Fd here = linux.files.open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW)) {
            for (String name : List.of(HOSTNAME, HOSTS, RESOLVER)) {
                unlink(here, name, 0);
            }
            unlink(here, MEMORY, AT_REMOVEDIR);
            containers().keySet().forEach(this::forget);
            unlink(here, CONTAINERS, AT_REMOVEDIR);
        }
        unlink(Fd.CWD, directory, AT_REMOVEDIR);
    }

    private void unmount() {
        try {
            linux.mounts.umount2(path(MEMORY), MountFlags.MNT_DETACH);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) { // no mount point; no directory
                throw e;
            }
        }
    }

    private void unlink(Fd directory, String name, int flags) {
        try {
            linux.paths.unlinkat(directory, name, flags);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}
