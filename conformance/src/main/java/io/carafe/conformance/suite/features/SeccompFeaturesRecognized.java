package io.carafe.conformance.suite.features;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.socket.Listener;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What features names of seccomp is understood in config.json. */
class SeccompFeaturesRecognized {

    private static final List<String> BIG_ENDIAN = List.of("SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_PPC",
            "SCMP_ARCH_PPC64", "SCMP_ARCH_S390", "SCMP_ARCH_S390X", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64", "SCMP_ARCH_M68K",
            "SCMP_ARCH_SHEB");

    @Test
    @Tag("features-linux.seccomp.actions")
    void each_action_is_understood(Container container) {
        Path socket = container.sandbox().work().resolve("agent");
        try (Listener listener = Listener.at(socket)) {
            for (String action : FeaturesDocument.list(container, "/linux/seccomp/actions")) {
                profile(container, "syscalls", List.of(object("names", List.of("swapoff"), "action", action)));
                if (action.equals("SCMP_ACT_NOTIFY")) {
                    container.with("/linux/seccomp/listenerPath", socket.toString());
                }
                FeaturesRecognized.runs(container, action);
            }
            container.observed("connections of the agent", Integer.toString(listener.connections().size()));
        }
    }

    @Test
    @Tag("features-linux.seccomp.operators")
    void each_operator_is_understood(Container container) {
        for (String operator : FeaturesDocument.list(container, "/linux/seccomp/operators")) {
            profile(container, "syscalls", List.of(object("names", List.of("swapoff"), "action", "SCMP_ACT_ERRNO", "args",
                    List.of(object("index", 0, "value", 1, "valueTwo", 1, "op", operator)))));
            FeaturesRecognized.runs(container, operator);
        }
    }

    @Test
    @Tag("features-linux.seccomp.archs")
    void each_architecture_is_understood(Container container) {
        List<String> architectures = new ArrayList<>(FeaturesDocument.list(container, "/linux/seccomp/archs"));
        // One filter cannot have both byte orders.
        architectures.removeAll(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? BIG_ENDIAN : List.of());
        for (String architecture : architectures) {
            profile(container, "architectures", List.of(architecture));
            FeaturesRecognized.runs(container, architecture);
        }
    }

    @Test
    @Tag("features-linux.seccomp.knownFlags")
    void each_known_flag_is_understood(Container container) {
        flags(container, "/linux/seccomp/knownFlags");
    }

    @Test
    @Tag("features-linux.seccomp.supportedFlags")
    void each_supported_flag_works(Container container) {
        flags(container, "/linux/seccomp/supportedFlags");
    }

    private static void flags(Container container, String pointer) {
        for (String flag : FeaturesDocument.list(container, pointer)) {
            profile(container, "flags", List.of(flag));
            FeaturesRecognized.runs(container, flag);
        }
    }

    private static void profile(Container container, String property, Object value) {
        Map<String, Object> profile = object("defaultAction", "SCMP_ACT_ALLOW", "syscalls",
                List.of(object("names", List.of("swapon"), "action", "SCMP_ACT_ERRNO")));
        profile.put(property, value);
        container.with("/linux/seccomp", profile);
    }
}
