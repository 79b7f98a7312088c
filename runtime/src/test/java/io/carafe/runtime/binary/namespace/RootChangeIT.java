package io.carafe.runtime.binary.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.RootfsPropagation;
import io.carafe.spec.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a container comes to its root, and what flows between its mounts and the host's. */
@ExtendWith(HostUnchanged.class)
class RootChangeIT {

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
    }

    private Carafe.Result noPivot(Carafe carafe, Bundle bundle) {
        return carafe.call("run", "--no-pivot", "--bundle", bundle.path().toString(), bundle.id());
    }

    @Test
    void without_a_pivot_the_root_is_the_containers_and_the_hosts_procfs_and_sysfs_are_gone() {
        Bundle bundle = Bundle.in(directory).script("ls /; cat /proc/self/mountinfo");
        List<String> lines = noPivot(carafe, bundle).succeeds().out().lines().toList();
        assertEquals(List.of("bin", "dev", "etc", "proc", "root", "sys", "tmp"), lines.subList(0, 7));
        for (String type : List.of(" - proc ", " - sysfs ")) {
            for (String line : lines.stream().filter(line -> line.contains(type)).toList()) {
                String at = line.split(" ")[4];
                assertTrue(at.startsWith("/proc") || at.startsWith("/sys"), line);
            }
        }
        assertEquals(1, lines.stream().filter(line -> line.contains(" - sysfs ") && line.split(" ")[4].equals("/sys")).count(), lines::toString);
    }

    /** The kernel lets a user namespace mount a procfs if one is in sight that nothing covers: the host's, were it still there. */
    @Test
    void without_a_pivot_no_process_may_mount_a_procfs_without_the_masks() {
        Bundle bundle = Bundle.in(directory).process(process -> process.withUser(User.of(1000, 1000))).args("/bin/busybox", "unshare", "-U", "-r",
                "-m", "-p", "-f", "/bin/mount", "-t", "proc", "proc", "/tmp");
        Carafe.Result result = noPivot(carafe, bundle);
        assertEquals(1, result.code(), result::toString);
        assertTrue(result.err().contains("mount: permission denied"), result::toString);
    }

    @Test
    void an_ordinary_users_root_is_moved_as_well() throws Exception {
        Files.setPosixFilePermissions(directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        Bundle bundle = Bundle.rootless(directory, 65534, 65534).script("ls -d /bin/busybox; id -u");
        assertEquals(0, new ProcessBuilder("chown", "-R", "65534:65534", directory.toString()).start().waitFor());
        assertEquals("/bin/busybox\n0", noPivot(carafe.asOrdinaryUser(), bundle).succeeds().out().strip());
    }

    /** create_user_ns of the kernel: who is in a chroot could leave it with the capabilities in a new one. */
    @Test
    void a_user_namespace_in_a_chroot_is_refused_for_that_reason() throws Exception {
        Path place = Files.createDirectory(directory.resolve("chroot"));
        List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65536));
        Bundle bundle = Bundle.in(directory).linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(Namespace.of(NamespaceType.USER));
            return linux.withNamespaces(namespaces).withMappings(ids, ids);
        }).args("/bin/true");
        Carafe.Result result = carafe.behind("unshare", "--mount", "--propagation", "private", "sh", "-ec",
                "mount --rbind / \"$0\" && exec chroot \"$0\" \"$@\"", place.toString()).run(bundle);
        assertTrue(result.fails().contains("EPERM") && result.err().contains("in a chroot") && !result.err().contains("CAP_SYS_ADMIN is missing"),
                result::toString);
    }

    /** As with runc: only what would be mounted for everyone is refused, hooks are not. */
    @Test
    void hooks_run_in_the_hosts_mount_namespace_too() throws Exception {
        Path log = directory.resolve("log");
        Bundle bundle = Bundle.in(directory).writable().config(config -> config.withMounts(List.of())).linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.removeIf(namespace -> namespace.type() == NamespaceType.MOUNT);
            return linux.withNamespaces(namespaces).withPaths(List.of(), List.of());
        });
        bundle.config(config -> config.withHooks(new Hooks(hook("prestart", log), hook("createRuntime", log), hook("createContainer", log),
                hook("startContainer", Path.of("/tmp/inside")), hook("poststart", log), hook("poststop", log))));
        assertEquals("startContainer", carafe.run(bundle.args("/bin/cat", "/tmp/inside")).succeeds().out().strip());
        assertEquals(List.of("prestart", "createRuntime", "createContainer", "poststart", "poststop"), Files.readAllLines(log));
        String error = carafe.run(bundle.config(config -> config.withMounts(List.of(Mount.of("/proc", "proc", "proc"))))).fails();
        assertTrue(error.contains("mounts: needs a mount namespace of the container's own") && error.contains("add {\"type\": \"mount\"}"), error);
    }

    private static List<Hook> hook(String kind, Path to) {
        return List.of(new Hook("/bin/sh", List.of("sh", "-c", "echo " + kind + " >> " + to), Optional.of(List.of("PATH=/bin")),
                OptionalInt.empty()));
    }

    private static final String SHARED_HOST = "mount -t tmpfs host VOLUME; mount --make-shared VOLUME; mkdir VOLUME/inside VOLUME/outside; ";

    /** A volume that is shared on the host; what the container's mount there shows outside, and the other way round. */
    private String propagated(RootfsPropagation root, String option, String flag, boolean onItsOwnMount) throws Exception {
        Path volume = Files.createDirectories(directory.resolve("volume"));
        Path ready = directory.resolve("ready");
        Bundle bundle = Bundle.in(directory).writable().linux(linux -> linux.withRootfsPropagation(root))
                .process(process -> process.withCapabilities(all("CAP_SYS_ADMIN"))).config(config -> {
                    List<Mount> mounts = new ArrayList<>(config.mounts());
                    mounts.add(Mount.of("/volume", "none", volume.toString(), "rbind", option));
                    return config.withMounts(mounts);
                }).args("/bin/sleep", "1000");
        String carafe = this.carafe.binary() + " --root " + this.carafe.root() + " ";
        String script = SHARED_HOST.replace("VOLUME", volume.toString()) + "mount --make-rshared /; " + carafe + "run --detach " + flag + " --bundle "
                + bundle.path() + " " + bundle.id() + "; mount -t tmpfs from-host " + volume + "/outside; "
                + carafe + "exec " + bundle.id() + " mount -t tmpfs from-container /volume/inside; "
                + "echo host $(grep -c ' from-container ' /proc/self/mountinfo) container $(" + carafe + "exec " + bundle.id()
                + " grep -c ' from-host ' /proc/self/mountinfo); grep -c -E ' /(proc|dev) ' /proc/self/mountinfo; "
                + carafe + "delete --force " + bundle.id();
        String before = (onItsOwnMount ? "mount --bind " + bundle.path() + " " + bundle.path() + "; " : "")
                + "grep -c -E ' /(proc|dev) ' /proc/self/mountinfo; ";
        Process process = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-c", before + script)
                .redirectErrorStream(true).start();
        List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
        assertEquals(0, process.waitFor(), lines::toString);
        assertEquals(3, lines.size(), lines::toString);
        assertEquals(lines.get(0), lines.get(2), "nothing of the container's root reached the host");
        return lines.get(1);
    }

    private static io.carafe.spec.process.Capabilities all(String name) {
        return new io.carafe.spec.process.Capabilities(List.of(name), List.of(name), List.of(), List.of(name), List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "SHARED,  rshared,  '',         host 1 container 1",
        "SHARED,  rslave,   '',         host 0 container 1",
        "SLAVE,   rslave,   '',         host 0 container 1",
        "PRIVATE, rprivate, '',         host 0 container 0",
        "SHARED,  rprivate, '',         host 0 container 0",
        "SHARED,  rshared,  --no-pivot, host 1 container 1",
        "SLAVE,   rslave,   --no-pivot, host 0 container 1",
    })
    void a_mount_is_seen_across_as_the_propagation_says(RootfsPropagation root, String option, String flag, String seen) throws Exception {
        assertEquals(seen, propagated(root, option, flag, false));
    }

    /** The mounts of the host's root directory are not those that the container's lies on then: they stay shared the longest. */
    @ParameterizedTest
    @ValueSource(strings = {"", "--no-pivot"})
    void nothing_of_the_host_is_unmounted_where_the_bundle_is_on_a_mount_of_its_own(String flag) throws Exception {
        assertEquals("host 1 container 1", propagated(RootfsPropagation.SHARED, "rshared", flag, true));
    }

    private Bundle chrooted() {
        return Bundle.in(directory).writable().config(config -> config.withMounts(List.of())).linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.removeIf(one -> one.type() == NamespaceType.MOUNT);
            return linux.withNamespaces(namespaces).withPaths(List.of(), List.of());
        });
    }

    @Test
    void without_a_mount_namespace_the_root_is_a_chroot_and_nothing_is_mounted() throws IOException {
        Bundle bundle = chrooted().script("ls /; stat -c '%t:%T' /dev/null; readlink /dev/fd; pwd; echo x > /dev/null");
        assertEquals("bin\ndev\netc\nproc\nroot\nsys\ntmp\n1:3\n/proc/self/fd\n/", carafe.run(bundle).succeeds().out().strip());
        assertTrue(Files.exists(bundle.rootfs().resolve("dev/null")));
        carafe.call("run", "--detach", "--bundle", bundle.args("/bin/sleep", "1000").path().toString(), bundle.id()).succeeds();
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_capability_that_leads_out_of_a_chroot_warns() {
        Bundle bundle = chrooted().process(process -> process.withCapabilities(all("CAP_SYS_CHROOT"))).args("/bin/true");
        Carafe.Result result = carafe.run(bundle).succeeds();
        assertTrue(result.err().contains("with CAP_SYS_CHROOT the container can leave its root"), result::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mounts", "root.readonly", "linux.maskedPaths"})
    void what_would_be_mounted_for_everyone_is_refused(String property) {
        Bundle bundle = chrooted();
        switch (property) {
            case "mounts" -> bundle.config(config -> config.withMounts(List.of(Mount.of("/proc", "proc", "proc"))));
            case "root.readonly" -> bundle.config(config -> config.withRoot(new io.carafe.spec.Root("rootfs", true)));
            default -> bundle.linux(linux -> linux.withPaths(List.of("/etc"), List.of()));
        }
        String error = carafe.run(bundle).fails();
        assertTrue(error.contains(property + ": needs a mount namespace of the container's own"), error);
    }

    @Test
    void a_joined_mount_namespace_is_seen_as_it_is_and_left_so() throws Exception {
        Bundle first = Bundle.in(directory).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", first.path().toString(), first.id()).succeeds();
        String pid = carafe.call("state", first.id()).out().replaceAll("(?s).*\"pid\": ?(\\d+).*", "$1");
        String before = Files.readString(Path.of("/proc/" + pid + "/mountinfo"));
        Bundle second = chrooted().config(config -> config.withRoot(new io.carafe.spec.Root("/", false))).linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(new Namespace(NamespaceType.MOUNT, java.util.Optional.of("/proc/" + pid + "/ns/mnt")));
            return linux.withNamespaces(namespaces);
        }).args("/bin/cat", "/proc/" + 1 + "/cmdline");
        assertEquals("/bin/sleep\0" + "1000", carafe.run(second).succeeds().out().strip().replaceAll("\0$", ""));
        assertEquals(before, Files.readString(Path.of("/proc/" + pid + "/mountinfo")));
        carafe.call("delete", "--force", first.id()).succeeds();
    }

    @Test
    void in_a_plain_chroot_the_way_out_is_told_and_works() throws Exception {
        Bundle bundle = Bundle.in(directory).args("/bin/true");
        String chroot = "mkdir -p C/proc C/sys C/dev C/tmp; cp " + carafe.binary() + " C/carafe; cp -a " + bundle.path() + " C/bundle; BIND"
                + "mount --rbind /proc C/proc; mount --rbind /sys C/sys; mount --rbind /dev C/dev; "
                + "chroot C /carafe --root /tmp/root run --bundle /bundle " + bundle.id();
        String refused = sh(chroot.replace("BIND", ""));
        assertTrue(refused.contains("EINVAL") && refused.contains("`mount --bind DIR DIR` before `chroot DIR`"), refused);
        assertEquals("", sh(chroot.replace("BIND", "mount --bind C C; ")));
        assertFalse(Files.exists(directory.resolve("tmp/root/" + bundle.id())));
    }

    private String sh(String script) throws Exception {
        Path place = Files.createTempDirectory(directory, "chroot");
        Process process = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-c", script.replace("C/", place + "/")
                .replace("C C;", place + " " + place + ";").replace("chroot C ", "chroot " + place + " ")).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return out;
    }
}
