package io.carafe.runtime.cli;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.CallerStrings;
import java.util.Optional;

/** Where the containers' state is kept: the directory of --root. */
final class StateRoot {

    private static final String DEFAULT = "/run/carafe";
    /** The uid_map of the host's own user namespace (user_namespaces(7)). */
    private static final String ALL_IDS = " 0 0 4294967295";

    private final Linux linux;

    StateRoot(Linux linux) {
        this.linux = linux;
    }

    /** @param asked the value of the flag */
    String of(Optional<String> asked) {
        if (asked.isPresent() && !asked.get().isEmpty()) {
            return asked.get();
        }
        String runtimeDir = CallerStrings.of(linux.kernel).variable("XDG_RUNTIME_DIR").orElse("");
        return !runtimeDir.isEmpty() && isOrdinaryUser() ? runtimeDir + "/carafe" : DEFAULT;
    }

    /** Or root in an ordinary user's user namespace, as podman calls a runtime; but not one that says it is root there. */
    private boolean isOrdinaryUser() {
        if (linux.credentials.geteuid() != 0) {
            return true;
        }
        StringBuilder map = new StringBuilder();
        for (String word : linux.files.readText(Fd.CWD, "/proc/self/uid_map").strip().split(" ")) {
            map.append(word.isEmpty() ? "" : " ").append(word);
        }
        return !map.toString().equals(ALL_IDS) && !CallerStrings.of(linux.kernel).variable("USER").equals(Optional.of("root"));
    }
}
