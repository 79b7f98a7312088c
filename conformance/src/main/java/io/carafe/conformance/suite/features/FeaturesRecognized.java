package io.carafe.conformance.suite.features;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.CommandResult;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What features names is understood in config.json: hooks, mount options, namespaces, capabilities, memory policies, mapped mounts. */
class FeaturesRecognized {

    private static final Set<String> OF_ONE_FILE_SYSTEM = Set.of("acl", "noacl", "user_xattr", "nouser_xattr", "size", "mode", "uid", "gid",
            "nr_inodes", "mpol", "data", "commit", "barrier", "errors", "subvol", "lowerdir", "upperdir", "workdir", "newinstance",
            "ptmxmode", "hidepid");

    /** By their numbers: capabilities(7). */
    private static final List<String> CAPABILITIES = Stream.of("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID",
            "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
            "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME",
            "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM",
            "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE").map(name -> "CAP_" + name).toList();

    @Test
    @Tag("features.hooks")
    void each_hook_works(Container container) {
        List<String> hooks = FeaturesDocument.list(container, "/hooks");
        String called = container.sandbox().work() + "/called";
        hooks.forEach(hook -> container.hook(hook, "echo " + hook + " >>" + (hook.equals("startContainer") ? "/called" : called)));
        container.created().started().ended();
        Expect.succeeds(container.delete());
        String calls = container.file("called") + container.sandbox().read(container.rootfs().resolve("called"));
        hooks.forEach(hook -> Expect.contains(calls, hook + "\n", "the calls"));
    }

    @Test
    @Tag("features.mountOptions")
    void each_mount_option_is_understood(Container container) {
        Expect.needsRoot(container);
        List<String> options = FeaturesDocument.list(container, "/mountOptions");
        String source = container.sandbox().work() + "/source";
        container.onHost("mkdir -p " + source);
        int place = 0;
        for (String option : options) {
            String path = "/m" + ++place;
            switch (option) {
                case "idmap", "ridmap" -> {
                    container.mount(path, "none", source, option.equals("idmap") ? "bind" : "rbind", option);
                    String last = "/mounts/" + (container.config().list("/mounts").size() - 1);
                    for (String maps : List.of("/uidMappings", "/gidMappings")) {
                        container.with(last + maps, List.of(object("containerID", 0, "hostID", 1000, "size", 1)));
                    }
                }
                case "remount" -> container.mount(path, "tmpfs", "tmpfs").mount(path, "tmpfs", "tmpfs", "remount", "ro");
                case "rbind", "bind" -> container.mount(path, "none", source, option);
                default -> {
                    if (option.startsWith("r") && !List.of("ro", "rw", "relatime").contains(option)
                            || List.of("copy-symlink", "src-nofollow", "dest-nofollow").contains(option)) {
                        container.mount(path, "none", source, "rbind", option);
                    } else {
                        container.mount(path, "tmpfs", "tmpfs", option);
                    }
                }
            }
        }
        Expect.equal("hello", container.args("echo", "hello").output().strip(), "output with all of " + options);
    }

    @Test
    @Tag("features.mountOptions.independent")
    void no_option_of_one_file_system_is_named(Container container) {
        List<String> options = FeaturesDocument.list(container, "/mountOptions");
        Expect.equal(List.of(), options.stream().filter(OF_ONE_FILE_SYSTEM::contains).toList(), "options of one file system");
    }

    @Test
    @Tag("features-linux.namespaces")
    void each_namespace_is_understood(Container container) {
        for (String type : FeaturesDocument.list(container, "/linux/namespaces")) {
            if (type.equals("user")) {
                container.userNamespace();
            } else if (!List.of("pid", "network", "ipc", "uts", "mount").contains(type)) {
                container.namespace(type);
            }
        }
        Expect.equal("hello", container.args("echo", "hello").output().strip(), "output with all namespaces");
    }

    @Test
    @Tag("features-linux.capabilities")
    void each_capability_is_understood(Container container) {
        // An unknown name is only warned of, and one that the host cannot grant may fail: so what can be granted is asked for and counted.
        long own = capBnd(container.onHost("cat /proc/self/status"));
        List<String> asked = FeaturesDocument.list(container, "/linux/capabilities").stream()
                .filter(name -> CAPABILITIES.contains(name) && (own >> CAPABILITIES.indexOf(name) & 1) != 0).toList();
        for (String set : List.of("bounding", "effective", "permitted")) {
            container.with("/process/capabilities/" + set, asked);
        }
        long expected = asked.stream().mapToLong(name -> 1L << CAPABILITIES.indexOf(name)).sum();
        Expect.equal(Long.toHexString(expected), Long.toHexString(capBnd(container.args("cat", "/proc/self/status").output())),
                "bounding set with all that the host can grant");
    }

    private static long capBnd(String status) {
        return status.lines().filter(line -> line.startsWith("CapBnd:")).map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .findFirst().orElse(-1L);
    }

    @Test
    @Tag("features-linux.memoryPolicy.modes")
    void each_mode_of_memory_policy_is_understood(Container container) {
        List<String> modes = FeaturesDocument.list(container, "/linux/memoryPolicy/modes");
        for (String mode : modes) {
            Set<String> without = Set.of("MPOL_DEFAULT", "MPOL_LOCAL");
            container.with("/linux/memoryPolicy", without.contains(mode) ? object("mode", mode) : object("mode", mode, "nodes", "0"));
            runs(container, mode);
        }
    }

    @Test
    @Tag("features-linux.memoryPolicy.flags")
    void each_flag_of_memory_policy_is_understood(Container container) {
        for (String flag : FeaturesDocument.list(container, "/linux/memoryPolicy/flags")) {
            container.with("/linux/memoryPolicy", object("mode", "MPOL_BIND", "nodes", "0", "flags", List.of(flag)));
            runs(container, flag);
        }
    }

    static void runs(Container container, String what) {
        CommandResult answer = container.create();
        Expect.that(answer.succeeded(), what + " is not understood: " + answer.message());
        Expect.succeeds(container.kill("KILL"));
        Expect.succeeds(container.ended().delete());
    }

    @Test
    @Tag("features-linux.mountExtensions.idmap")
    void a_runtime_that_maps_ids_of_mounts_declares_it(Container container) {
        Object said = FeaturesDocument.of(container).at("/linux/mountExtensions/idmap/enabled").orElse("nothing");
        container.onHost("mkdir -p " + container.sandbox().work() + "/source && touch " + container.sandbox().work() + "/source/file");
        container.mount("/x", "none", container.sandbox().work() + "/source", "bind", "idmap");
        String last = "/mounts/" + (container.config().list("/mounts").size() - 1);
        for (String maps : List.of("/uidMappings", "/gidMappings")) {
            container.with(last + maps, List.of(object("containerID", 0, "hostID", 4321, "size", 1)));
        }
        CommandResult answer = container.args("stat", "-c", "%u", "/x/file").create();
        Expect.needs(answer.succeeded(), "the runtime does not map ids of mounts");
        Expect.needs(container.started().ended().outputSoFar().strip().equals("4321"), "the runtime does not map ids of mounts");
        Expect.equal(true, said, "linux.mountExtensions.idmap.enabled");
    }
}
