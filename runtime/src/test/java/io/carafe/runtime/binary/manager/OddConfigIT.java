package io.carafe.runtime.binary.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What managers, and the documents that people keep, have in config.json beside what is needed: nulls, empty texts and lists, zeros that mean
 * nothing, entries that are there twice, words of other programs. runc and crun run them all.
 */
@ExtendWith(HostUnchanged.class)
class OddConfigIT {

    private static final String NAMESPACES = "'namespaces': [{'type': 'pid', 'path': ''}, {'type': 'ipc'}, {'type': 'uts'}, {'type': 'mount', 'path': ''}]";

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void root() throws Exception {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory);
        Files.writeString(Files.createDirectory(bundle.path().resolve("src")).resolve("f"), "");
    }

    /** @param members each with a comma behind it, or empty */
    private void runs(String top, String process, String linux, String mount) {
        bundle.save(("{" + (top.contains("ociVersion") ? "" : "'ociVersion': '1.0.2-dev', ") + top
                + "'process': {" + (process.contains("'env'") ? "" : "'env': ['PATH=/bin'], ") + (process.contains("'cwd'") ? "" : "'cwd': '/', ") + process
                + "'args': ['echo', 'hello']}, 'root': {'path': 'rootfs'}, "
                + "'mounts': [{'destination': '/proc', 'type': 'proc', 'source': 'proc'}, {'destination': '/dev', 'type': 'tmpfs', 'source': 'tmpfs'}"
                + (mount.isEmpty() ? "" : ", " + mount) + "], "
                + "'linux': {" + linux + NAMESPACES + "}}").replace('\'', '"'));
        assertEquals("hello", carafe.run(bundle).succeeds().out().strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "'type': 'bind', 'source': 'src', 'options': ['rbind', 'rprivate', '']", // podman joins lists that may be empty
        "'type': '', 'source': 'src', 'options': ['rbind']",
        "'source': 'src', 'options': ['rbind', 'rw', 'rbind']",
        "'type': 'bind', 'source': 'src'",
        "'type': 'bind', 'source': 'src', 'options': null",
        "'type': 'bind', 'source': 'src', 'options': []",
        "'type': 'none', 'source': 'src', 'options': ['bind', 'ro', 'nocopy', 'z', 'Z', 'U', 'exec']", // words of docker and podman
        "'type': 'bind', 'source': 'src', 'options': ['copy', 'rw', 'rprivate', 'rbind']",
        "'type': 'bind', 'source': 'src/f', 'options': ['rbind', 'rslave', 'noatime']",
        "'type': 'bind', 'source': 'src', 'options': ['rbind', 'mode=755', 'size=64k', 'X-mount.mkdir', 'x-systemd.automount']",
        "'type': 'bind', 'source': 'src', 'options': ['rbind', 'rsync', 'rdirsync', 'rmand', 'rasync', 'rnomand']", // crun's
        "'type': 'bind', 'source': 'src', 'options': ['rbind,ro']",
        "'type': 'bind', 'source': 'src', 'options': ['rbind', 'idmap=uids=0-1000-10;gids=0-1000-10']", // podman, as crun has it
        "'type': 'glusterfs', 'source': 'src', 'options': ['bind']",
        "'type': 'tmpfs', 'source': '', 'options': ['noexec', 'size=64k']",
        "'type': 'tmpfs', 'options': null",
        "'type': 'tmpfs', 'source': 'tmpfs', 'options': ['nosuid', 'nosuid', 'mode=1777', 'mode=0755']",
        "'type': 'tmpfs', 'source': 'tmpfs', 'options': ['noexec,nosuid,size=1m,mode=755']",
        "'type': 'tmpfs', 'source': 'tmpfs', 'options': ['mode=755', 'X-mount.mkdir']",
        "'type': 'tmpfs', 'source': 'tmpfs', 'options': ['copy-symlink', 'dest-nofollow']",
        "'type': 'tmpfs', 'source': 'shm', 'options': ['size=0']",
        "'type': 'tmpfs', 'source': 'tmpfs', 'uidMappings': null, 'gidMappings': []",
        "'type': 'tmpfs', 'source': 'tmpfs', 'options': ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup', '']", // podman --systemd
        "'type': 'ramfs', 'source': 'ramfs', 'options': []",
        "'type': 'cgroup', 'source': 'cgroup', 'options': ['rprivate', 'nosuid', 'noexec', 'nodev', 'relatime', 'rw']",
        "'type': 'mqueue', 'source': 'mqueue', 'options': ['nosuid', 'noexec', 'nodev', 'relatime', 'ro']",
        "'type': 'devpts', 'source': 'devpts', 'options': ['nosuid', 'newinstance', 'ptmxmode=0666', 'mode=0620']",
    })
    void a_mount(String members) {
        runs("", "", "", "{'destination': '/x', " + members + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x/", "//x/./y", "/tmp/../x", "/dev/shm", "/etc/resolv.conf/"})
    void a_destination(String path) {
        runs("", "", "", "{'destination': '" + path + "', 'type': 'tmpfs', 'source': 'tmpfs'}, {'destination': '" + path
                + "', 'type': 'bind', 'source': 'src', 'options': ['rbind']}");
    }

    /** {@code -v /dev/urandom:/dev/random}, and podman's own binds of an ordinary user's devices. */
    @ParameterizedTest
    @ValueSource(strings = {"/dev/random", "/dev/tty", "/dev/ptmx", "/dev/stdin", "/dev/n"})
    void a_mount_in_the_place_of_a_device(String path) {
        runs("", "", "'devices': [{'path': '/dev/n', 'type': 'c', 'major': 1, 'minor': 3}], ",
                "{'destination': '" + path + "', 'type': 'bind', 'source': '/dev/urandom', 'options': ['bind']}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "'consoleSize': {'height': 0, 'width': 0}", "'consoleSize': null", "'terminal': false",
        "'user': {'uid': 0, 'gid': 0, 'additionalGids': [0, 0, 5, 5]}", "'user': {'uid': 0, 'gid': 0, 'additionalGids': null, 'username': ''}",
        "'user': {}", "'user': null", "'env': ['PATH=/bin', 'X=', 'X=1', 'X=1']", "'env': ['PATH=/bin'], 'commandLine': ''", "'rlimits': []",
        "'rlimits': null", "'capabilities': null", "'capabilities': {}", "'capabilities': {'bounding': null, 'effective': [], 'ambient': ['CAP_CHOWN']}",
        "'capabilities': {'bounding': ['CAP_CHOWN', 'CAP_CHOWN', 'CAP_NOSUCH'], 'effective': ['CAP_CHOWN']}", "'apparmorProfile': ''", "'apparmorProfile': 'unconfined'", "'selinuxLabel': ''",
        "'oomScoreAdj': null", "'oomScoreAdj': 0", "'ioPriority': null", "'ioPriority': {'class': 'IOPRIO_CLASS_BE'}", "'scheduler': null",
        "'execCPUAffinity': {}", "'noNewPrivileges': null", "'cwd': '/tmp/../'",
    })
    void a_process(String member) {
        runs("", member + ", ", "", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{}", "null", "{'devices': null}", "{'devices': []}", "{'memory': null, 'cpu': null, 'pids': null, 'blockIO': null}",
        "{'devices': [{'allow': false, 'access': 'rwm'}, {'allow': true, 'type': '', 'access': 'rwm'}]}",
        "{'devices': [{'allow': true, 'type': 'c', 'major': -1, 'minor': -1, 'access': 'm'}, {'allow': true, 'type': 'b', 'major': -1, 'access': 'm'}]}",
        "{'devices': [{'allow': true, 'type': 'c', 'major': 1, 'minor': 3, 'access': 'rwm'}, {'allow': true, 'type': 'c', 'major': 1, 'minor': 3, 'access': 'rmw'}]}",
        "{'devices': [{'allow': true, 'type': 'c', 'major': 10, 'access': 'rwa'}]}",
        "{'memory': {}}", "{'memory': {'limit': -1, 'swap': -1}}", "{'memory': {'limit': 0}}", "{'memory': {'limit': 0, 'swap': 0, 'reservation': 0}}",
        "{'memory': {'disableOOMKiller': false}}", "{'memory': {'kernel': 0, 'kernelTCP': 0}}", "{'memory': {'kernel': -1}}",
        "{'memory': {'swappiness': 18446744073709551615}}", // -1, of who counts with signed numbers
        "{'memory': {'swappiness': null, 'useHierarchy': null, 'checkBeforeUpdate': false}}",
        "{'cpu': {'shares': 0, 'quota': 0, 'period': 0, 'cpus': '', 'mems': ''}}", "{'cpu': {'quota': -1}}", "{'cpu': {'quota': -1, 'period': 100000}}",
        "{'cpu': {'quota': 0, 'period': 100000}}", "{'cpu': {'shares': 1}}", "{'cpu': {'shares': 2, 'realtimeRuntime': 0, 'realtimePeriod': 0}}",
        "{'pids': {'limit': 0}}", "{'pids': {'limit': -1}}", "{'pids': {}}",
        "{'blockIO': {}}", "{'blockIO': {'weight': 0}}", "{'blockIO': {'weight': 0, 'leafWeight': 0, 'weightDevice': null, 'throttleReadBpsDevice': []}}",
        "{'network': {}}", "{'network': {'classID': 0, 'priorities': []}}", "{'hugepageLimits': []}", "{'hugepageLimits': null}", "{'unified': {}}",
        "{'rdma': {}}",
    })
    void resources(String value) {
        runs("", "", "'resources': " + value + ", ", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "'maskedPaths': ['', 'proc/kcore', '/sys/firmware/']", "'readonlyPaths': ['', 'proc/sys']", // podman --security-opt mask=
        "'uidMappings': [{'containerID': 0, 'hostID': 100000, 'size': 65536}], 'gidMappings': [{'containerID': 0, 'hostID': 100000, 'size': 65536}]",
        "'maskedPaths': null", "'maskedPaths': []", "'maskedPaths': ['/proc/acpi', '/no/such', '/proc/acpi']", "'readonlyPaths': null",
        "'readonlyPaths': ['/proc/sys', '/no/such', '/proc/sys']", "'seccomp': null",
        "'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': null, 'flags': null, 'syscalls': null}",
        "'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86_64'], 'flags': [], 'syscalls': []}",
        "'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', 'listenerPath': '', 'listenerMetadata': ''}",
        "'seccomp': {'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['nosuchcall', 'mkdir'], 'action': 'SCMP_ACT_ALLOW', 'args': null, 'errnoRet': null}]}",
        "'sysctl': null", "'sysctl': {}", "'uidMappings': [], 'gidMappings': null", "'devices': null",
        "'devices': [{'path': '/dev/null', 'type': 'c', 'major': 1, 'minor': 3, 'fileMode': null, 'uid': null, 'gid': null}]",
        "'devices': [{'path': '/dev/n', 'type': 'c', 'major': 1, 'minor': 3, 'fileMode': 438}, {'path': '/dev/n', 'type': 'c', 'major': 1, 'minor': 3}]",
        "'devices': [{'path': '/dev/n', 'type': 'c', 'major': 1, 'minor': 3, 'fileMode': 8630}]", // with the type's bits, as Go's os.FileMode of some
        "'rootfsPropagation': ''", "'mountLabel': ''", "'cgroupsPath': ''", "'intelRdt': null", "'personality': null", "'timeOffsets': {}",
        "'netDevices': {}", "'netDevices': null", "'memoryPolicy': null",
    })
    void linux(String member) {
        runs("", "", member + ", ", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "'hooks': null", "'hooks': {}", "'hooks': {'prestart': null, 'poststop': []}",
        "'hooks': {'createRuntime': [{'path': '/bin/true', 'args': null, 'env': null, 'timeout': null}]}",
        "'annotations': null", "'annotations': {}", "'annotations': {'a': ''}", "'hostname': ''", "'hostname': null", "'domainname': ''",
        "'ociVersion': '1.0.0-rc5-dev'", "'ociVersion': '1.3.0+dev'", "'vm': null, 'windows': null, 'solaris': null, 'zos': null",
        "'platform': {'os': 'linux', 'arch': 'amd64'}",
    })
    void the_document(String member) {
        runs(member + ", ", "", "", "");
    }
}
