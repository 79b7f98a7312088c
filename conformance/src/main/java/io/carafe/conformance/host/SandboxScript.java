package io.carafe.conformance.host;

import java.nio.file.Path;
import java.util.Map;

/** The script that makes a sandbox and then runs commands in it. */
final class SandboxScript {

    /** The cgroup, in that of a sandbox on cgroup v2, of the runtime and who calls it. */
    static final String CALLER = "caller";

    private static final String[] DEVICES = {"null 1 3", "zero 1 5", "full 1 7", "random 1 8", "urandom 1 9", "tty 5 0"};

    private SandboxScript() {
    }

    static String text(Host host, Map<String, Path> cgroups, Path work) {
        StringBuilder script = new StringBuilder("set -e\n");
        for (Hierarchy hierarchy : host.cgroups()) {
            // Its one thread moves itself: by cgroup.procs each hierarchy would take some milliseconds on v1.
            script.append("echo 0 >").append(Sandbox.quoted(cgroups.get(hierarchy.name()).toString()))
                    .append(hierarchy.unified() ? "/cgroup.procs\n" : "/tasks\n");
        }
        script.append("exec unshare ").append(host.root() ? "--cgroup" : "--user --map-root-user")
                .append(" --mount --propagation private --pid --fork --kill-child --uts --ipc --net /bin/sh -c ")
                .append(Sandbox.quoted(inside(host, work))).append('\n');
        return script.toString();
    }

    private static String inside(Host host, Path work) {
        StringBuilder script = new StringBuilder("set -e\nexec 9>&1 >&2\nmount -t proc proc /proc\n");
        if (host.root()) {
            cgroups(host, script);
        }
        devices(host, script);
        script.append("mount -t tmpfs -o mode=755 tmpfs /run\nhostname conformance-host\n");
        // A shell that only waits reaps what runtimes leave to pid 1. The other one's end of stdin is the end of the sandbox.
        script.append("set +e\nexec 8<&0\ncd ").append(Sandbox.quoted(work.toString())).append('\n')
                .append("{ while read -r n; do ( . ./commands/$n ) & done; } <&8 &\n")
                .append("echo ready $$ >&9\nwait\n");
        return script.toString();
    }

    private static void cgroups(Host host, StringBuilder script) {
        if (host.cgroups().isEmpty()) {
            return;
        }
        boolean onlyUnified = host.view() == Host.View.V2 || host.cgroups().stream().allMatch(Hierarchy::unified);
        if (onlyUnified) {
            // Where the same file system lies already, the kernel does not mount it once more.
            script.append("mount -t tmpfs tmpfs /sys/fs/cgroup\nmount -t cgroup2 cgroup2 /sys/fs/cgroup\n");
            // A cgroup with processes hands down no controllers: the runtime and its caller go into one of their own.
            script.append("mkdir /sys/fs/cgroup/").append(CALLER).append("\necho 0 >/sys/fs/cgroup/").append(CALLER).append("/cgroup.procs\n");
            return;
        }
        script.append("mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup\n");
        for (Hierarchy hierarchy : host.cgroups()) {
            String place = Sandbox.quoted("/sys/fs/cgroup/" + hierarchy.name());
            script.append("mkdir ").append(place).append("\nmount -t ")
                    .append(hierarchy.unified() ? "cgroup2" : "cgroup -o " + Sandbox.quoted(hierarchy.options())).append(" cgroup ")
                    .append(place).append('\n');
        }
    }

    /** A /dev of its own, since runtimes have been seen to change owners of the host's nodes. */
    private static void devices(Host host, StringBuilder script) {
        String place = host.root() ? "/dev" : "/run";
        if (!host.root()) {
            script.append("mount -t tmpfs -o mode=755 tmpfs /run\nmkdir /run/dev\n");
            place = "/run/dev";
        } else {
            script.append("mount -t tmpfs -o mode=755 tmpfs /dev\n");
        }
        for (String device : DEVICES) {
            String name = device.substring(0, device.indexOf(' '));
            script.append(host.root() ? "mknod -m 666 /dev/" + name + " c" + device.substring(device.indexOf(' '))
                    : "touch " + place + "/" + name + "\nmount --bind /dev/" + name + " " + place + "/" + name).append('\n');
        }
        script.append("mkdir ").append(place).append("/pts ").append(place).append("/shm\n");
        if (!host.root()) {
            script.append("mount --rbind /run/dev /dev\n");
        }
        script.append("mount -t devpts -o newinstance,ptmxmode=666,mode=620 devpts /dev/pts\nmount -t tmpfs shm /dev/shm\n")
                .append("ln -s /proc/self/fd /dev/fd\nln -s pts/ptmx /dev/ptmx\n")
                .append("ln -s /proc/self/fd/0 /dev/stdin\nln -s /proc/self/fd/1 /dev/stdout\nln -s /proc/self/fd/2 /dev/stderr\n");
    }
}
