package io.carafe.runtime.binary.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.seccomp.ContainerProfiles;
import io.carafe.runtime.process.Capability;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.resources.DeviceCgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** carafe where much is missing: it runs a container there, or says in one line what is missing and how to go on, and leaves nothing behind. */
@ExtendWith(HostUnchanged.class)
class RestrictedHostIT {

    private static final int ORDINARY_USER = 65534;
    private static final String RUNS = "runs";
    private static final String CALL = "/carafe --root /run/state ";
    /** What a container's whole life needs, as a shell line in the cage; prints what is left after a failure, too. */
    private static final String LIFE = "c='/carafe --root /run/state %s'; $c run --bundle /inner inner; test $? = 7 || { ls -A /run/state 2>/dev/null;"
            + " ls -d /sys/fs/cgroup/*/inner /sys/fs/cgroup/inner 2>/dev/null; exit 1; };"
            + " $c run --detach --bundle /longer inner >/dev/null && $c exec inner true && $c state inner >/dev/null && $c delete --force inner && echo " + RUNS;

    @TempDir
    private Path directory;

    /** What the container is like that carafe is in. */
    private enum Outer {
        /** All capabilities, cgroups that can be written, nothing masked. */
        PRIVILEGED,
        /** As docker makes them by default: fourteen capabilities, a seccomp profile, masked paths, cgroups that are read-only. */
        ORDINARY
    }

    private static final String DISABLED = "--cgroup-manager disabled";

    static Stream<Arguments> containers() {
        return Stream.of(
                Arguments.of(Outer.PRIVILEGED, "true", "", RUNS),
                Arguments.of(Outer.PRIVILEGED, "umount -l /sys", "", "no cgroup file system is mounted on /sys/fs/cgroup: mount one, or go without limits by --cgroup-manager disabled"),
                Arguments.of(Outer.PRIVILEGED, "umount -l /sys", DISABLED, RUNS),
                Arguments.of(Outer.PRIVILEGED, "umount -l /sys/fs/cgroup", DISABLED, RUNS),
                Arguments.of(Outer.PRIVILEGED, "for m in $(grep -o ' /sys/fs/cgroup[^ ]*' /proc/mounts); do mount -o remount,bind,ro $m; done", "",
                        "the cgroups are mounted read-only: --cgroup-manager disabled goes without limits"),
                Arguments.of(Outer.PRIVILEGED, "for m in $(grep -o ' /sys/fs/cgroup[^ ]*' /proc/mounts); do mount -o remount,bind,ro $m; done", DISABLED, RUNS),
                Arguments.of(Outer.PRIVILEGED, "umount -l /proc", "", "/proc is not mounted, or is another pid namespace's: mount -t proc proc /proc"),
                Arguments.of(Outer.PRIVILEGED, "mount -o remount,bind,ro /proc", "", RUNS),
                Arguments.of(Outer.PRIVILEGED, "rm -f /dev/null", "", RUNS),
                Arguments.of(Outer.PRIVILEGED, "mount -t tmpfs tmpfs /dev", "", RUNS),
                Arguments.of(Outer.ORDINARY, "true", "", "the cgroups are mounted read-only: --cgroup-manager disabled goes without limits"),
                Arguments.of(Outer.ORDINARY, "true", DISABLED, "CAP_SYS_ADMIN is missing, and without it linux.namespaces needs a user namespace"));
    }

    /** @param expected {@link #RUNS}, or what its one line says */
    @ParameterizedTest
    @MethodSource("containers")
    void in_a_container_of_its_own(Outer kind, String before, String flags, String expected) throws IOException {
        for (boolean ownCgroups : List.of(true, false)) {
            Bundle outer = outer(kind, ownCgroups);
            inner(outer.rootfs().resolve("inner"), Bundle.in(directory).script("exit 7"));
            inner(outer.rootfs().resolve("longer"), Bundle.in(directory).args("sleep", "1000"));
            outer.script(before + "\n" + LIFE.formatted(flags));
            Carafe.Result result = Carafe.in(directory.resolve("root")).run(outer);
            meets(expected, result);
        }
    }

    private static void meets(String expected, Carafe.Result result) {
        if (expected.equals(RUNS)) {
            assertEquals(RUNS + "\n", result.succeeds().out(), result::toString);
            return;
        }
        assertTrue(result.fails().contains(expected), result::toString);
        assertEquals("", result.out(), () -> "something is left behind: " + result);
    }

    private static void inner(Path at, Bundle bundle) throws IOException {
        Files.move(bundle.path(), at);
    }

    private Bundle outer(Outer kind, boolean ownCgroups) throws IOException {
        Bundle outer = Bundle.in(directory).writable();
        Files.copy(Carafe.in(directory).binary(), outer.rootfs().resolve("carafe"));
        Files.createDirectories(outer.rootfs().resolve("run"));
        for (String applet : List.of("umount", "rm", "chroot")) {
            Files.createSymbolicLink(outer.rootfs().resolve("bin").resolve(applet), Path.of("busybox"));
        }
        List<String> capabilities = kind == Outer.PRIVILEGED ? grantable() : List.of("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER",
                "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
                "CAP_KILL", "CAP_AUDIT_WRITE");
        outer.process(process -> process.withNoNewPrivileges(false).withRlimits(List.of())
                .withCapabilities(new Capabilities(capabilities, capabilities, List.of(), capabilities, List.of())));
        outer.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.removeIf(namespace -> namespace.type() == NamespaceType.CGROUP && !ownCgroups);
            return kind == Outer.PRIVILEGED ? linux.withNamespaces(namespaces).withPaths(List.of(), List.of())
                    : linux.withNamespaces(namespaces).withSeccomp(ContainerProfiles.likeDockers());
        });
        if (kind == Outer.PRIVILEGED) {
            outer.resources(resources -> resources.withDevices(List.of(DeviceCgroup.all(true, "rwm"))));
            outer.config(config -> config.withMounts(config.mounts().stream().map(mount -> new Mount(mount.destination(), mount.type(), mount.source(),
                    mount.options().stream().filter(option -> !option.equals("ro")).toList(), mount.uidMappings(), mount.gidMappings())).toList()));
        }
        return outer;
    }

    private static List<String> grantable() {
        long mask = Linux.over(Door.open()).credentials.boundingSet();
        return Stream.of(Capability.values()).filter(capability -> capability.isIn(mask)).map(Enum::name).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mount --bind $0 $0; mount -t proc proc $0/proc; mount --rbind /sys $0/sys; mount --rbind /dev $0/dev | | runs",
        "mount --bind $0 $0; mount -t proc proc $0/proc; mount --rbind /sys $0/sys                           | | runs",
        "mount -t proc proc $0/proc; mount --rbind /sys $0/sys | | `mount --bind DIR DIR` before `chroot DIR` makes it one",
        "mount -t proc proc $0/proc | | no cgroup file system is mounted on /sys/fs/cgroup: mount one, or go without limits by --cgroup-manager disabled",
        "mount --bind $0 $0; mount -t proc proc $0/proc | --cgroup-manager disabled | runs",
        "true                       | --cgroup-manager disabled | /proc is not mounted, or is another pid namespace's: mount -t proc proc /proc",
    })
    void in_a_chroot(String before, String flags, String expected) throws IOException {
        Bundle outer = outer(Outer.PRIVILEGED, true);
        inner(outer.rootfs().resolve("inner"), Bundle.in(directory).script("exit 7"));
        inner(outer.rootfs().resolve("longer"), Bundle.in(directory).args("sleep", "1000"));
        Carafe chroot = Carafe.in(directory.resolve("root")).behind("unshare", "--mount", "--propagation", "private", "sh", "-c",
                before + "; cd /; exec chroot $0 /bin/sh -c \"$1\"", outer.rootfs().toString(), LIFE.formatted(flags == null ? "" : flags));
        meets(expected, chroot.call());
    }

    /** An ordinary user. @param before what root does for it, in a mount namespace */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "mount -t proc -o hidepid=2 proc /proc | runs",
        "umount -l /sys                        | make /sys/fs/cgroup in the container: EROFS",
        "umount -l /proc                       | /proc is not mounted, or is another pid namespace's: mount -t proc proc /proc",
        "mount -o remount,bind,ro /proc        | /proc is mounted read-only: mount -o remount,rw /proc",
        "mount -t tmpfs tmpfs /dev             | make the device /dev/null",
    })
    void as_an_ordinary_user(String before, String expected) throws Exception {
        Path of = Files.createDirectories(directory.resolve("user"));
        Bundle inner = Bundle.rootless(of, ORDINARY_USER, ORDINARY_USER).script("exit 7");
        Bundle longer = Bundle.rootless(of, ORDINARY_USER, ORDINARY_USER).args("sleep", "1000");
        assertEquals(0, new ProcessBuilder("sh", "-c", "chmod 755 " + directory + "; chown -R 65534:65534 " + of).start().waitFor());
        String life = LIFE.formatted("").replace("/carafe", Carafe.in(directory).binary().toString()).replace("/run/state", of + "/state")
                .replace("/inner ", inner.path() + " ").replace("/longer ", longer.path() + " ").replace("inner;", inner.id() + ";");
        Carafe user = Carafe.in(of.resolve("state")).behind("unshare", "--mount", "--propagation", "private", "sh", "-c",
                before + "; exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all sh -c \"$0\"", life);
        meets(expected, user.call());
    }

    @Test
    void where_nobody_may_make_a_user_namespace() throws Exception {
        Path of = Files.createDirectories(directory.resolve("user"));
        Bundle inner = Bundle.rootless(of, 0, 0).script("exit 7");
        Carafe user = Carafe.in(of.resolve("state")).behind("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
                "echo 0 >/proc/sys/user/max_user_namespaces; exec \"$@\"", "sh");
        assertTrue(user.run(inner).fails().contains("nobody may make a user namespace here: sysctl user.max_user_namespaces=10000"));
    }

    /** Of one user's id alone, each container is root of it. @param masked whether /proc has something mounted over it in the outer one */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "false | runs",
        "true  | a host whose /proc has nothing mounted over it; a bind of /proc does instead",
    })
    void in_an_ordinary_users_container(boolean masked, String expected) throws Exception {
        Path of = Files.createDirectories(directory.resolve("user"));
        Bundle outer = Bundle.rootless(of, ORDINARY_USER, ORDINARY_USER).writable();
        Files.copy(Carafe.in(directory).binary(), outer.rootfs().resolve("carafe"));
        Files.createDirectories(outer.rootfs().resolve("run"));
        inner(outer.rootfs().resolve("inner"), Bundle.rootless(of, 0, 0).script("exit 7"));
        inner(outer.rootfs().resolve("longer"), Bundle.rootless(of, 0, 0).args("sleep", "1000"));
        List<String> all = grantable();
        outer.process(process -> process.withNoNewPrivileges(false).withRlimits(List.of())
                .withCapabilities(new Capabilities(all, all, List.of(), all, List.of())));
        if (!masked) {
            outer.linux(linux -> linux.withPaths(List.of(), List.of()));
        }
        outer.script(LIFE.formatted(""));
        assertEquals(0, new ProcessBuilder("sh", "-c", "chmod 755 " + directory + "; chown -R 65534:65534 " + of).start().waitFor());
        meets(expected, Carafe.in(of.resolve("root")).asOrdinaryUser().run(outer));
    }
}
