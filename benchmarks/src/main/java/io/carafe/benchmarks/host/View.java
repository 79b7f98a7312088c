package io.carafe.benchmarks.host;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the runtimes see of the host's cgroups. A view is made in a mount namespace with private propagation, which the process is
 * started in; only root can.
 */
public enum View {
    /** As they are mounted. */
    HOST("host") {
        @Override
        public void open() {
        }
    },
    /** The host's cgroup2 tree alone, as on a host of version 2. Controllers that version 1 holds are missing in it. */
    V2("v2") {
        @Override
        public void open() {
            linux().mounts.mount("none", CgroupLayout.ROOT, "cgroup2", 0, "");
        }
    };

    private static final Path UNIFIED = Path.of(CgroupLayout.ROOT, "unified");
    private static final Path HUGETLB = Path.of(CgroupLayout.ROOT, "hugetlb");
    /** A hierarchy whose last cgroup has just gone keeps its controllers for a moment. */
    private static final int PATIENCE = 50;
    private static final long MOMENT_MILLIS = 100;

    public final String title;

    View(String title) {
        this.title = title;
    }

    public static View named(String title) {
        for (View view : values()) {
            if (view.title.equals(title)) {
                return view;
            }
        }
        throw new IllegalArgumentException("--view: expected host or v2, found \"" + title + '"');
    }

    public abstract void open();

    /**
     * Moves hugetlb from the cgroup2 tree of a hybrid host to a version 1 hierarchy, without which crun 1.8 does nothing here.
     * Moves it for the whole host, until {@link #unmountHugetlb}.
     *
     * @throws KernelException EBUSY when cgroups in the cgroup2 tree use it
     */
    public static void mountHugetlb() throws IOException, InterruptedException {
        Files.createDirectories(HUGETLB);
        for (int i = 1;; i++) {
            try {
                linux().mounts.mount("cgroup", HUGETLB.toString(), "cgroup", 0, "hugetlb");
                return;
            } catch (KernelException e) {
                if (!e.is(Errno.EBUSY) || i == PATIENCE) {
                    Files.delete(HUGETLB);
                    throw e;
                }
                Thread.sleep(MOMENT_MILLIS);
            }
        }
    }

    /** The folder stands on a tmpfs that the host sees too. */
    public static void unmountHugetlb() throws IOException {
        linux().mounts.umount2(HUGETLB.toString(), 0);
        Files.delete(HUGETLB);
    }

    /** Takes the cgroup2 tree of a hybrid host out of sight, in our mount namespace alone: until {@link #showUnified} this is a host of version 1. */
    public static void hideUnified() {
        // Not umount2(2): crun would make its cgroups as folders of the host's tmpfs below.
        linux().mounts.mount("tmpfs", UNIFIED.toString(), "tmpfs", 0, "");
    }

    public static void showUnified() {
        linux().mounts.umount2(UNIFIED.toString(), 0);
    }

    private static Linux linux() {
        return Linux.over(Door.open());
    }
}
