package io.carafe.runtime.cli;

import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.CallerStrings;
import java.util.Optional;

/** Where the containers' state is kept: the directory of --root. */
final class StateRoot {

    private static final String DEFAULT = "/run/carafe";

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
        return !linux.credentials.isInFirstUserNamespace() && !CallerStrings.of(linux.kernel).variable("USER").equals(Optional.of("root"));
    }
}
