package io.carafe.runtime.process.label;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.Process;
import java.util.Optional;

/**
 * The labels of a process, decided before it exists.
 *
 * @param apparmorProfile that its execve(2) changes to
 * @param selinuxLabel the context that its execve(2) changes to, and that of its session keyring
 */
public record LabelPlan(Optional<String> apparmorProfile, Optional<String> selinuxLabel) {

    /** What every process is where there is no AppArmor; podman writes it there too, for {@code apparmor=unconfined}. */
    private static final String UNCONFINED = "unconfined";
    public static final LabelPlan NONE = new LabelPlan(Optional.empty(), Optional.empty());

    /**
     * Decides.
     *
     * @param property where the process stands in its document, for complaints: {@code process}
     * @throws SpecException for a label whose security module is not enabled: a process that should be confined must not run without
     */
    public static LabelPlan of(Process process, SecurityModules enabled, String property) {
        Optional<String> profile = process.apparmorProfile();
        if (profile.isPresent() && !enabled.apparmor()) {
            if (!profile.get().equals(UNCONFINED)) {
                throw new SpecException(property + ".apparmorProfile", "AppArmor is not enabled on this machine");
            }
            profile = Optional.empty();
        }
        if (process.selinuxLabel().isPresent() && !enabled.selinux()) {
            throw new SpecException(property + ".selinuxLabel", "SELinux is not enabled on this machine");
        }
        return new LabelPlan(profile, process.selinuxLabel());
    }

    /** Whether a process asks for a label, and so for what is enabled. */
    public static boolean asks(Process process) {
        return process.apparmorProfile().isPresent() || process.selinuxLabel().isPresent();
    }

    public boolean isEmpty() {
        return apparmorProfile.isEmpty() && selinuxLabel.isEmpty();
    }
}
