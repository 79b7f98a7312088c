package io.carafe.shim.sandbox.message;

import static io.carafe.runtime.protobuf.FieldType.BYTES;
import static io.carafe.runtime.protobuf.FieldType.INT32;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.TEXTS;
import static io.carafe.runtime.protobuf.FieldType.UINT32;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.FieldType.messages;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import java.util.List;
import java.util.Optional;

/**
 * runtime.v1.PodSandboxConfig: of a pod, what its sandbox is made by. Passed over is what concerns a process of the pause image (its user,
 * its seccomp and AppArmor profiles, its labels), as there is none, and what others look after: the kubelet (resources), containerd (port
 * mappings).
 *
 * @param windows what a sandbox here cannot be
 */
public record PodConfig(String hostname, Optional<Dns> dns, Optional<LinuxPart> linux, byte[] windows) {

    public static final String TYPE = "runtime.v1.PodSandboxConfig";

    /** DNSConfig. */
    public record Dns(List<String> servers, List<String> searches, List<String> options) {

        static final MessageTable<Dns> TABLE = MessageTable.of(row -> new Dns(row.next(), row.next(), row.next()),
                field(1, TEXTS, Dns::servers),
                field(2, TEXTS, Dns::searches),
                field(3, TEXTS, Dns::options));
    }

    /** LinuxPodSandboxConfig. */
    public record LinuxPart(String cgroupParent, Optional<Security> security, List<Pair> sysctls) {

        static final MessageTable<LinuxPart> TABLE = MessageTable.of(row -> new LinuxPart(row.next(), row.next(), row.next()),
                field(1, TEXT, LinuxPart::cgroupParent),
                field(2, message(Security.TABLE), LinuxPart::security),
                field(3, messages(Pair.TABLE), LinuxPart::sysctls));
    }

    /** LinuxSandboxSecurityContext. */
    public record Security(Optional<Namespaces> namespaces) {

        static final MessageTable<Security> TABLE = MessageTable.of(row -> new Security(row.next()),
                field(1, message(Namespaces.TABLE), Security::namespaces));
    }

    /** NamespaceOption; each a {@link Mode}'s number. */
    public record Namespaces(int network, int pid, int ipc, Optional<User> user) {

        static final MessageTable<Namespaces> TABLE = MessageTable.of(row -> new Namespaces(row.next(), row.next(), row.next(), row.next()),
                field(1, INT32, Namespaces::network),
                field(2, INT32, Namespaces::pid),
                field(3, INT32, Namespaces::ipc),
                field(5, message(User.TABLE), Namespaces::user));
    }

    /** UserNamespace. */
    public record User(int mode, List<Ids> uids, List<Ids> gids) {

        static final MessageTable<User> TABLE = MessageTable.of(row -> new User(row.next(), row.next(), row.next()),
                field(1, INT32, User::mode),
                field(2, messages(Ids.TABLE), User::uids),
                field(3, messages(Ids.TABLE), User::gids));
    }

    /** IDMapping. */
    public record Ids(int host, int container, int length) {

        static final MessageTable<Ids> TABLE = MessageTable.of(row -> new Ids(row.next(), row.next(), row.next()),
                field(1, UINT32, Ids::host),
                field(2, UINT32, Ids::container),
                field(3, UINT32, Ids::length));
    }

    public static final MessageTable<PodConfig> TABLE = MessageTable.of(
            row -> new PodConfig(row.next(), row.next(), row.next(), row.next()),
            field(2, TEXT, PodConfig::hostname),
            field(4, message(Dns.TABLE), PodConfig::dns),
            field(8, message(LinuxPart.TABLE), PodConfig::linux),
            field(9, BYTES, PodConfig::windows));

    /** NamespaceMode: whose a namespace is. */
    public enum Mode {
        /** The pod's. */
        POD,
        /** Each container's. */
        CONTAINER,
        /** The host's. */
        NODE,
        /** That of another container. */
        TARGET;

        /** @throws IllegalArgumentException for a number that is none */
        public static Mode of(String property, int number) {
            if (number < 0 || number >= values().length) {
                throw new IllegalArgumentException(property + ": expected 0 (POD) to 3 (TARGET), found " + number);
            }
            return values()[number];
        }
    }

    public LinuxPart linuxOrDefault() {
        return linux.orElseGet(() -> LinuxPart.TABLE.read(new byte[0]));
    }

    /** What is not said is the pod's. */
    public Namespaces namespaces() {
        return linuxOrDefault().security.flatMap(Security::namespaces).orElseGet(() -> Namespaces.TABLE.read(new byte[0]));
    }
}
