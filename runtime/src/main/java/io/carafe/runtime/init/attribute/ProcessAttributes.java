package io.carafe.runtime.init.attribute;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.process.ContainerProcess;
import io.carafe.runtime.process.label.Labels;
import io.carafe.runtime.process.label.SessionKeyring;
import io.carafe.runtime.process.scheduling.ProcessScheduling;
import io.carafe.runtime.rootfs.path.PrivateProc;
import java.util.Optional;

/** Performs an {@link AttributesPlan}, on both sides of clone3(2). */
public final class ProcessAttributes {

    private final AttributesPlan plan;
    private final ContainerProcess process;
    private final ProcessScheduling scheduling;
    private final Optional<SessionKeyring> keyring;

    public ProcessAttributes(Linux linux, AttributesPlan plan, ContainerProcess process) {
        this.plan = plan;
        this.process = process;
        this.scheduling = new ProcessScheduling(linux, plan.scheduling());
        this.keyring = plan.keyring().map(name -> SessionKeyring.of(linux, name, plan.labels().selinuxLabel()));
    }

    /** In exec's parent, before the child: born in the container's cgroup, it must not have run elsewhere. */
    public void restrictInitially() {
        scheduling.restrictInitially();
    }

    /** In exec's child, right after it has joined the container's cgroups. */
    public void restrictFinally() {
        scheduling.restrictFinally();
    }

    /** In the init, right after it has joined its cgroups: config.json's CPUs are for a further process alone. */
    public void liftRestriction() {
        scheduling.lift();
    }

    /** In the init, as root of the container: before its mounts, so that none of the caller's keys is used for them. */
    public void makeKeyring(PrivateProc proc) {
        keyring.ifPresent(own -> own.make(proc::write));
    }

    /** In exec's child, as root of the container and in its user namespace, which holds the keyring's name. */
    public void joinKeyring(PrivateProc proc) {
        keyring.ifPresent(containers -> containers.join(proc::write));
    }

    /** In exec's child, before it is in the container's mount namespace: what may come to lie on /proc there plays no part (CVE-2019-16884). */
    public void open(PrivateProc proc) {
        if (!plan.labels().isEmpty()) {
            proc.prepare();
        }
    }

    /** In the child: what its next execve(2) makes of it. */
    public void label(PrivateProc proc) {
        new Labels(plan.labels()).set(proc::write);
    }

    /** In the child, or who goes before it, while it has its rights. */
    public void set() {
        if (!plan.byParent()) {
            process.limit();
        }
        if (!plan.scheduledByParent()) {
            scheduling.schedule();
        }
        scheduling.adopt();
    }

    /** In the child that clones no more. */
    public void setLast() {
        if (!plan.byParent()) {
            process.limitProcesses();
        }
    }

    /** In the parent, when the child is ready: no sooner, since a limit would be one for what it still has to do. */
    public void setByParent(int pid) {
        if (plan.byParent()) {
            process.limit(pid);
        }
        if (plan.scheduledByParent()) {
            scheduling.schedule(pid);
        }
    }
}
