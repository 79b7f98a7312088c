package io.carafe.runtime.process.label;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;

/** Performs a {@link LabelPlan}: writes what the next execve(2) of the caller changes to. A hook that the caller runs before has it, too. */
public final class Labels {

    static final String OWN = "thread-self/attr/";

    private final LabelPlan plan;

    public Labels(LabelPlan plan) {
        this.plan = plan;
    }

    /** @throws KernelException ENOENT, EACCES, EINVAL from the security module: it does not know the label, or does not allow the change */
    public void set(AttributeFiles files) {
        plan.apparmorProfile().ifPresent(profile -> {
            try {
                changeOnExec(profile, files);
            } catch (KernelException e) {
                throw e.during("process.apparmorProfile").hint(Errno.ENOENT, "no such profile is loaded");
            }
        });
        plan.selinuxLabel().ifPresent(label -> {
            try {
                files.write(OWN + "exec", label);
            } catch (KernelException e) {
                throw e.during("process.selinuxLabel").hint(Errno.EINVAL, "the policy knows no such context");
            }
        });
    }

    /** aa_change_onexec(3). A profile may be several, joined by {@code //&}: then it is a stack (aa_stack_profile(3)). */
    private static void changeOnExec(String profile, AttributeFiles files) {
        String text = "exec " + profile;
        try {
            files.write(OWN + "apparmor/exec", text);
        } catch (KernelException e) {
            // ENOENT of the file before Linux 5.8; the profile's own ENOENT comes again.
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            files.write(OWN + "exec", text);
        }
    }
}
