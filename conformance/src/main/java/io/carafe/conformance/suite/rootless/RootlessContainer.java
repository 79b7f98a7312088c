package io.carafe.conformance.suite.rootless;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.host.CommandResult;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each container is made by an ordinary user. */
class RootlessContainer {

    @Test
    @Tag("rootless.mounts")
    void binds_and_tmpfs_are_mounted(Container container) {
        TestFiles.write(container.bundle().resolve("volume/file"), "of the volume");
        container.asUnprivilegedUser().mount("/bound", "none", container.bundle() + "/volume", "rbind", "ro").mount("/fresh", "tmpfs", "tmpfs", "size=64k");
        Expect.equal("of the volume|tmpfs", container.script("printf '%s|' \"$(cat /bound/file)\"; grep -c '^tmpfs /fresh tmpfs' /proc/mounts | sed s/1/tmpfs/")
                .output().strip(), "what is mounted");
    }

    @Test
    @Tag("rootless.hidden-paths")
    void paths_are_masked_and_read_only(Container container) {
        TestFiles.write(container.rootfs().resolve("secret"), "secret");
        TestFiles.write(container.rootfs().resolve("kept/file"), "as it was");
        String output = container.asUnprivilegedUser().with("/linux/maskedPaths", List.of("/secret", "/proc/cpuinfo")).with("/linux/readonlyPaths",
                List.of("/kept")).script("cat /secret /proc/cpuinfo; echo otherwise 2>/dev/null >/kept/file; cat /kept/file").output();
        Expect.equal("as it was", output.strip(), "what is seen");
    }

    @Test
    @Tag("rootless.seccomp")
    void a_filter_is_loaded(Container container) {
        container.asUnprivilegedUser().with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ALLOW", "syscalls",
                List.of(object("names", List.of("mkdir", "mkdirat"), "action", "SCMP_ACT_ERRNO", "errnoRet", 28))));
        Expect.contains(container.script("mkdir /made 2>&1; true").output(), "No space left on device", "what mkdir says");
    }

    @Test
    @Tag("rootless.hostname")
    void the_host_name_is_the_containers(Container container) {
        Expect.equal("rootless-name", container.asUnprivilegedUser().with("/hostname", "rootless-name").args("hostname").output().strip(), "the host name");
    }

    @Test
    @Tag("rootless.devices")
    void the_default_devices_work(Container container) {
        Expect.equal("0\n64", container.asUnprivilegedUser().script("echo x >/dev/null; wc -c </dev/null; head -c 64 /dev/urandom | wc -c").output().strip(),
                "bytes read of /dev/null and /dev/urandom");
    }

    @Test
    @Tag("rootless.exec")
    void exec_runs_in_the_container(Container container) {
        container.asUnprivilegedUser().running();
        CommandResult answer = container.call("exec", container.id(), "hostname");
        Expect.succeeds(answer);
        Expect.equal("conformance", answer.out().strip(), "the host name for exec");
    }

    @Test
    @Tag("rootless.files")
    void what_root_writes_is_the_users(Container container) {
        String user = container.asUnprivilegedUser().onHost("stat -c %u " + container.bundle());
        container.script("echo x >/written").output();
        Expect.equal(user, container.onHost("stat -c %u " + container.rootfs() + "/written"), "the owner outside of what root wrote inside");
    }

    @Test
    @Tag("rootless.nothing-left")
    void a_delete_leaves_no_process_and_no_state(Container container) {
        container.asUnprivilegedUser().running();
        long pid = container.pid();
        Expect.succeeds(container.call("delete", "--force", container.id()));
        Expect.eventually(container, () -> !container.sandbox().isAlive(pid), "the container's process lives on");
        Expect.isAbsent(container);
        Expect.equal("", container.onHost("ls -A " + container.root()), "what is left in the directory of states");
    }
}
