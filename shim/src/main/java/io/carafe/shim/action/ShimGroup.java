package io.carafe.shim.action;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.Sha2;
import io.carafe.shim.bundle.BundleConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Which containers share a shim, and where that listens: by annotation, a pod's are one group. */
final class ShimGroup {

    static final String SOCKETS = "/run/containerd/s";
    /** Of SHA-256. */
    private static final int HEX_DIGITS = 64;
    private static final String CONFIG = "config.json";
    /** The first that a container has counts. */
    private static final List<String> ANNOTATIONS = List.of("io.containerd.runc.v2.group", "io.kubernetes.cri.sandbox-id");

    private ShimGroup() {
    }

    /** By config.json; a sandbox, which has none, is a group. @param bundle empty: the working directory */
    static String of(Linux linux, String bundle, String id) {
        if (!isContainer(linux, bundle)) {
            return id;
        }
        Map<String, String> annotations = BundleConfig.read(linux, bundle).annotations();
        for (String annotation : ANNOTATIONS) {
            if (annotations.containsKey(annotation)) {
                return annotations.get(annotation);
            }
        }
        return id;
    }

    /** Whether there is a config.json: a sandbox that the CRI plugin makes is not told of by one. */
    static boolean isContainer(Linux linux, String bundle) {
        return linux.paths.statxIfPresent(Fd.CWD, bundle.isEmpty() ? CONFIG : bundle + "/" + CONFIG, 0).isPresent();
    }

    /**
     * As containerd's own shim names its socket: short, the same for the same group, and another for another containerd.
     *
     * @param directory empty: the usual one
     */
    static String socket(String directory, String containerd, String namespace, String group) {
        byte[] text = join(containerd + "/" + namespace + "/" + group).getBytes(StandardCharsets.UTF_8);
        return (directory.isEmpty() ? SOCKETS : directory) + "/" + Digest.of(Sha2.Algorithm.SHA256, text).hex();
    }

    /** Whether a path is one that {@link #socket} gives. */
    static boolean isSocket(String directory, String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        boolean good = name.length() == HEX_DIGITS && path.equals((directory.isEmpty() ? SOCKETS : directory) + "/" + name);
        for (int i = 0; i < name.length(); i++) {
            good &= Character.digit(name.charAt(i), 16) >= 0;
        }
        return good;
    }

    /** Go's path.Join, for what can be here: slashes that follow each other are one. */
    private static String join(String path) {
        StringBuilder joined = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) != '/' || i == 0 || path.charAt(i - 1) != '/') {
                joined.append(path.charAt(i));
            }
        }
        return joined.toString();
    }
}
