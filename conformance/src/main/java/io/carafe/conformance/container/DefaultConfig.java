package io.carafe.conformance.container;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.json.Document;
import java.util.List;

/** The configuration that a test changes one thing of: small, and of version 1.0.2, which every runtime of version 1 has to take. */
final class DefaultConfig {

    private static final List<String> CAPABILITIES = List.of("CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL",
            "CAP_MKNOD", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETUID", "CAP_SYS_CHROOT");

    private DefaultConfig() {
    }

    /** @param withCgroups false where cgroups may not be written to, so that nothing is asked of them */
    static Document of(String id, boolean withCgroups) {
        Document config = Document.of(object());
        config.set("/ociVersion", "1.0.2");
        config.set("/process", object("terminal", false, "user", object("uid", 0, "gid", 0), "args", List.of("true"),
                "env", List.of("PATH=/bin"), "cwd", "/", "capabilities", object("bounding", CAPABILITIES, "effective", CAPABILITIES,
                        "permitted", CAPABILITIES), "noNewPrivileges", true));
        config.set("/root", object("path", "rootfs"));
        config.set("/hostname", "conformance");
        config.set("/mounts", List.of(
                object("destination", "/proc", "type", "proc", "source", "proc"),
                object("destination", "/dev", "type", "tmpfs", "source", "tmpfs", "options",
                        List.of("nosuid", "strictatime", "mode=755", "size=65536k")),
                object("destination", "/dev/pts", "type", "devpts", "source", "devpts", "options",
                        List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620")),
                object("destination", "/dev/shm", "type", "tmpfs", "source", "shm", "options",
                        List.of("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")),
                object("destination", "/sys", "type", "sysfs", "source", "sysfs", "options",
                        List.of("nosuid", "noexec", "nodev", "ro"))));
        config.set("/linux", object("namespaces", List.of(object("type", "pid"), object("type", "network"), object("type", "ipc"),
                object("type", "uts"), object("type", "mount"))));
        if (withCgroups) {
            config.set("/linux/cgroupsPath", "/conformance/" + id);
            config.set("/linux/resources", object("devices", List.of(object("allow", false, "access", "rwm"))));
        }
        return config;
    }
}
