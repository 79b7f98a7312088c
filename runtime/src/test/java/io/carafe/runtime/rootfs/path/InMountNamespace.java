package io.carafe.runtime.rootfs.path;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.proc.MountInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Runs a test body in a thread of its own that has a private mount namespace, root directory, working directory and umask
 * (unshare(2) works for one thread). Whatever it mounts goes when it ends.
 */
public final class InMountNamespace {

    private static final long CLONE_FS = 0x200;
    private static final long CLONE_NEWNS = 0x20000;

    /** What runs inside. */
    public interface Body {
        void run(Linux linux) throws Exception;
    }

    private InMountNamespace() {
    }

    public static void run(Body body) throws Exception {
        run(Linux.over(Door.open()), CLONE_NEWNS, body);
    }

    /** @param namespaces CLONE_NEW… that are new beside the mount namespace */
    public static void run(Linux linux, long namespaces, Body body) throws Exception {
        loadEverything();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                linux.namespaces.unshare(CLONE_FS | CLONE_NEWNS | namespaces);
                linux.mounts.mount("", "/", "", MountFlags.MS_PRIVATE | MountFlags.MS_REC, "");
                body.run(linux);
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        thread.start();
        thread.join();
        if (failure.get() instanceof Exception) {
            throw (Exception) failure.get();
        }
        if (failure.get() != null) {
            throw (Error) failure.get();
        }
    }

    /** This thread's mounts, the newest last. */
    public static List<MountInfo> mounts(Linux linux) {
        return MountInfo.parse(linux.files.readText(io.carafe.linux.Fd.CWD, "/proc/thread-self/mountinfo"));
    }

    /** The topmost mount on a path. */
    public static MountInfo mountOn(Linux linux, String path) {
        List<MountInfo> on = new ArrayList<>();
        for (MountInfo mount : mounts(linux)) {
            if (mount.mountPoint().equals(path)) {
                on.add(mount);
            }
        }
        assertTrue(!on.isEmpty(), "nothing is mounted on " + path);
        return on.get(on.size() - 1);
    }

    /** After a pivot classes are not found any more, so all of ours are loaded before. */
    private static void loadEverything() throws IOException, ClassNotFoundException {
        for (Class<?> one : List.of(Linux.class, io.carafe.spec.Config.class, Root.class, InMountNamespace.class)) {
            Path top = Path.of(one.getProtectionDomain().getCodeSource().getLocation().getPath());
            if (!Files.isDirectory(top)) {
                continue;
            }
            List<Path> files;
            try (Stream<Path> walk = Files.walk(top)) {
                files = walk.filter(file -> file.toString().endsWith(".class")).sorted(Comparator.naturalOrder()).toList();
            }
            for (Path file : files) {
                String name = top.relativize(file).toString();
                if (name.startsWith("io/carafe/") && !name.contains("ImageKernel") && !name.endsWith("-info.class")) {
                    Class.forName(name.substring(0, name.length() - ".class".length()).replace('/', '.'), true,
                            one.getClassLoader());
                }
            }
        }
    }

}
