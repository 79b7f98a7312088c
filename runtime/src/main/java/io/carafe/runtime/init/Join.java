package io.carafe.runtime.init;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.init.attribute.ProcessAttributes;
import io.carafe.runtime.init.confine.Confinement;
import io.carafe.runtime.init.namespace.IntermediateProcess;
import io.carafe.runtime.init.namespace.JoinedNamespaces;
import io.carafe.runtime.init.namespace.UserNamespaceRoot;
import io.carafe.runtime.init.stdio.Stdio;
import io.carafe.runtime.process.ContainerProcess;
import io.carafe.runtime.rootfs.path.PrivateProc;
import java.util.List;
import java.util.Optional;

/**
 * A further process of a running container, up to its execve(2): the child's side of {@link Channel}.
 *
 * <p>Everybody in the container may look at a process in its pid namespace; with CAP_SYS_PTRACE also at its root, working directory,
 * descriptors and memory, dumpable or not, and may take it over. So all is done by a {@link IntermediateProcess}, which nobody in there sees, up to
 * the credentials, and the process is cloned with nothing that the program is not to have.
 */
final class Join implements InitProcess.ChildCode {

    private static final int FAILED = 1;

    private final Linux linux;
    private final JoinPlan plan;
    private final Fd init;
    private final InitProcess.SpawnContext context;
    private final ContainerProcess process;
    private final Stdio stdio;
    private final ProcessAttributes attributes;
    private final Confinement confinement;
    private String executable = "";

    Join(Linux linux, JoinPlan plan, Fd init, InitProcess.SpawnContext context) {
        this.linux = linux;
        this.plan = plan;
        this.init = init;
        this.context = context;
        this.process = new ContainerProcess(linux, plan.process());
        this.stdio = Stdio.of(linux, context.parentStdio());
        this.attributes = new ProcessAttributes(linux, plan.attributes(), process);
        this.confinement = new Confinement(linux, process, plan.seccomp(), plan.process().noNewPrivileges(), false);
    }

    @Override
    public void prepare(IntermediateProcess intermediate, Channel parent) {
        context.joinCgroups().run();
        attributes.restrictFinally();
        try (PrivateProc proc = PrivateProc.of(linux)) {
            attributes.open(proc);
            if (plan.joinsUserNamespace()) {
                proc.prepare(); // one of later would show the pid namespace of children, in which this process is not
            }
            process.adjustOomScore();
            enter();
            if (plan.joinsUserNamespace()) {
                UserNamespaceRoot.become(linux, plan.process().keepsGroups());
            }
            attributes.joinKeyring(proc);
            if (!plan.process().keepsGroups()) {
                SupplementaryGroups.requireSettable(linux, proc);
            }
            attributes.label(proc);
        }
        stdio.openTerminal(terminal -> { });
        process.closeInherited(stdio.preserved(), List.of(parent.socket(), intermediate.socket()));
        CallerStrings.of(linux.kernel).wipe();
        stdio.giveTo(plan.process().uid());
        process.mask();
        attributes.set();
        process.become(confinement.held());
        executable = process.executable();
        process.makeReady(stdio.preserved());
        confinement.beforeClone(0);
    }

    private void enter() {
        // The user's other processes may not look at this one, nor through its descriptors (CVE-2016-9962).
        linux.processes.prctl(ProcessFlags.PR_SET_DUMPABLE, 0, 0);
        try {
            // The pid namespace among them: it is that of children.
            JoinedNamespaces.joinOf(linux, init, plan.namespaces());
        } catch (KernelException e) {
            throw e.as("join the container's namespaces").hint(Errno.EPERM, plan.joinsUserNamespace()
                    ? "only root, or who made the container's user namespace, may" : "it needs CAP_SYS_ADMIN and CAP_SYS_CHROOT");
        }
        init.close();
    }

    @Override
    public void run(Channel parent) {
        try {
            linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
            linux.processes.setsid();
            stdio.takeTerminal();
            attributes.setLast();
            Optional<Fd> notifications = confinement.beforeReady();
            parent.send(Channel.Kind.READY, notifications.map(fd -> Integer.toString(fd.number())).orElse(""));
            parent.expect(Channel.Kind.START);
            notifications.ifPresent(Fd::close);
            linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, 0, 0);
            linux.processes.unblockSignals();
            parent.expect(Channel.Kind.EXEC);
            confinement.beforeExec();
            process.execute(executable);
        } catch (Throwable failure) {
            parent.fail(failure);
        } finally {
            linux.processes.exit(FAILED);
        }
    }
}
