package io.carafe.conformance.suite.security;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.container.TestTarget;
import io.carafe.conformance.host.CommandResult;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the program must not have, and the host must keep. */
class Confinement {

    @Test
    @Tag("security.leaked-descriptors")
    void only_the_three_streams_are_open(Container container) {
        container.behind("/bin/sh", "-c", "exec \"$@\" 5</ 7</etc/passwd", "sh");
        // The fourth is the directory that ls itself reads.
        Expect.equal(List.of("0", "1", "2", "3"), container.args("ls", "/proc/self/fd").output().lines().toList(), "open descriptors");
    }

    @Test
    @Tag("security.cwd-descriptor")
    void a_cwd_that_is_a_descriptor_does_not_lead_to_the_host(Container container) {
        TestFiles.write(container.sandbox().work().resolve("secret"), "secret of the host");
        container.behind("/bin/sh", "-c", "exec \"$@\" 5</ 6</sys/fs/cgroup", "sh");
        String up = "../../../../../../../../..";
        for (int i = 3; i < 16; i++) {
            container.with("/process/cwd", "/proc/self/fd/" + i).script("cat " + up + container.sandbox().work() + "/secret 2>&1");
            if (container.create().succeeded()) {
                if (container.start().succeeded()) {
                    container.ended();
                    Expect.lacks(container.outputSoFar(), "secret of the host", "what is seen from the cwd");
                }
                container.call("delete", "--force", container.id());
            }
        }
    }

    @Test
    @Tag("security.executable")
    void the_runtimes_executable_cannot_be_written_to(Container container) {
        Expect.needsRoot(container);
        // What could be written to is a copy, in this test's mounts only.
        String program = TestTarget.current().path();
        String copy = container.sandbox().work() + "/copy";
        container.onHost("cp " + program + " " + copy + " && mount --bind " + copy + " " + program);
        String before = container.onHost("sha256sum <" + copy);
        TestFiles.program(container.rootfs().resolve("attack"), "#!/bin/sh\nwhile true; do for p in /proc/[0-9]*; do\n"
                + "case $(readlink $p/exe) in /bin/busybox|'') ;; *) echo seen >>/seen; echo x >>$p/exe && echo written >>/written ;;\n"
                + "esac; done; done 2>/dev/null\n");
        TestFiles.program(container.rootfs().resolve("again"), "#!/proc/self/exe\n");
        container.args("/attack").created().started();
        for (int i = 0; i < 5; i++) {
            container.call("exec", container.id(), "/again");
            container.call("exec", container.id(), "true");
        }
        container.kill("KILL");
        Expect.equal(before, container.onHost("sha256sum <" + copy), "digest of the executable");
        Expect.equal("", container.sandbox().read(container.rootfs().resolve("written")), "writes that worked");
    }

    @Test
    @Tag("security.inheritable")
    void nothing_is_inheritable_unless_asked_for(Container container) {
        String status = container.args("cat", "/proc/self/status").output();
        Expect.that(status.lines().anyMatch(line -> line.matches("CapInh:\\s+0+")), "CapInh is not 0");
    }

    @Test
    @Tag("security.numeric-user")
    void exec_with_a_number_is_that_number(Container container) {
        TestFiles.write(container.rootfs().resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\n1000:x:0:0::/:/bin/sh\n");
        container.running();
        CommandResult answer = container.call("exec", "--user", "1000", container.id(), "id", "-u");
        Expect.succeeds(answer);
        Expect.equal("1000", answer.out().strip(), "uid");
    }

    @Test
    @Tag("security.strict-user")
    void exec_with_no_number_is_an_error(Container container) {
        container.running();
        for (String user : List.of("1x", "-1", "4294967296", "1:x")) {
            Expect.fails(container.call("exec", "--user", user, container.id(), "true"));
        }
    }

    @Test
    @Tag("security.sub-cgroup")
    void exec_does_not_leave_the_cgroup(Container container) {
        Expect.needs(!container.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        container.running();
        CommandResult answer = container.call("exec", "--cgroup", "../../caller", container.id(), "cat", "/proc/self/cgroup");
        Expect.that(answer.failed() || answer.out().lines().filter(line -> !line.endsWith(":/")).allMatch(line ->
                line.contains(container.id())), "exec is in " + answer.out());
    }

    @Test
    @Tag("security.device-owner")
    void a_device_on_stdin_keeps_its_owner(Container container) {
        String status = "stat -c '%u:%g %a' /dev/null";
        String before = container.onHost(status);
        container.with("/process/user", object("uid", 1000, "gid", 1000)).stdin("/dev/null").running();
        container.call("exec", "--user", "1000:1000", container.id(), "true");
        Expect.equal(before, container.onHost(status), "owner and mode of /dev/null");
    }

    @Test
    @Tag("security.host-sysctl")
    void a_sysctl_of_the_whole_host_is_refused(Container container) {
        // With the value that it has, so that nothing changes where it is not.
        Expect.isRefused(container.with("/linux/sysctl", object("kernel.pid_max", container.onHost("cat /proc/sys/kernel/pid_max"))));
    }

    @Test
    @Tag("security.host-network-sysctl")
    void a_sysctl_of_the_network_is_refused_in_the_hosts_network(Container container) {
        container.withoutNamespace("network");
        Expect.isRefused(container.with("/linux/sysctl", object("net.ipv4.ip_forward",
                container.onHost("cat /proc/sys/net/ipv4/ip_forward"))));
    }

    @Test
    @Tag("security.no-new-privileges")
    void noNewPrivileges_is_set(Container container) {
        Expect.contains(container.args("cat", "/proc/self/status").output(), "NoNewPrivs:\t1", "the status");
    }
}
