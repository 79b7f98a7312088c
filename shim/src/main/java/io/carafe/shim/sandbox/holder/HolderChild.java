package io.carafe.shim.sandbox.holder;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;
import static io.carafe.linux.abi.MountFlags.MS_NODEV;
import static io.carafe.linux.abi.MountFlags.MS_NOSUID;
import static io.carafe.linux.abi.MountFlags.MS_PRIVATE;
import static io.carafe.linux.abi.MountFlags.MS_RDONLY;
import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.MountFlags.MS_REMOUNT;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files.Pipe;
import io.carafe.linux.call.process.Credentials.Capabilities;
import io.carafe.linux.call.process.Processes.Clone;
import io.carafe.runtime.init.namespace.IdMapFiles;
import io.carafe.runtime.init.namespace.UserNamespaceRoot;
import io.carafe.shim.loop.Failures;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The children's side of {@link Holder}: one that enters what is there already, and its sibling, born there by CLONE_PARENT, which is the
 * holder. A pid namespace has its first process by being cloned into it, and a user namespace must be entered before others are made in it.
 *
 * <p>The holder keeps nothing of the host: its root is a file system of its own that has one file, the program that it executes.
 */
final class HolderChild {

    /** Where the new root is mounted for a moment: a directory that everybody may search, and that is needed no more by then. */
    private static final String PLACE = "/proc";
    private static final String NAME = "/carafe-sandbox";
    private static final int EXECUTABLE = 0555;
    private static final int SYS_PTRACE = 19;
    private static final Fd LIFE = Fd.borrowed(0);
    private static final Fd MOUTH = Fd.borrowed(1);
    private static final int FAILED = 1;

    private final Linux linux;
    private final HolderPlan plan;
    private final Fd life;
    private final Fd mouth;

    /** @param life what the holder is to wait at. @param mouth where both say what becomes of them; borrowed, as the other */
    HolderChild(Linux linux, HolderPlan plan, Fd life, Fd mouth) {
        this.linux = linux;
        this.plan = plan;
        this.life = life;
        this.mouth = mouth;
    }

    /** What the two say: the pid and a line's end, then a complaint, or the program's word. */
    record Words(OptionalInt pid, Optional<String> complaint) {

        static Words parse(byte[] told, int length) {
            String text = new String(told, 0, length, StandardCharsets.UTF_8);
            int end = text.indexOf('\n');
            OptionalInt pid = end < 0 || !Character.isDigit(text.charAt(0)) ? OptionalInt.empty()
                    : OptionalInt.of(Integer.parseInt(text.substring(0, end)));
            String rest = pid.isEmpty() ? text : text.substring(end + 1);
            if (pid.isPresent() && rest.length() == 1 && rest.charAt(0) == HolderProgram.READY) {
                return new Words(pid, Optional.empty());
            }
            return new Words(pid, Optional.of(rest.isEmpty() ? "the holder of the namespaces has ended" : rest));
        }
    }

    /** In the first child. Never returns. */
    void live() {
        try {
            // What is entered may have processes that could look at this one.
            boolean dumpable = (linux.credentials.capget().effective() & 1L << SYS_PTRACE) == 0;
            linux.processes.prctl(ProcessFlags.PR_SET_DUMPABLE, 0, 0);
            enter();
            try (Pipe mapped = linux.files.pipe()) {
                Clone born = linux.processes.clone3(plan.fresh() | ProcessFlags.CLONE_PARENT, Optional.empty());
                if (born.isChild()) {
                    mapped.in().close();
                    hold(mapped.out(), dumpable);
                }
                linux.files.write(mouth, (born.pid() + "\n").getBytes(StandardCharsets.US_ASCII));
                if ((plan.fresh() & ProcessFlags.CLONE_NEWUSER) != 0) {
                    new IdMapFiles(linux).write(plan.maps().orElseThrow(), born.pid());
                }
                linux.files.write(mapped.in(), new byte[1]);
            }
            linux.processes.exit(0);
        } catch (Throwable failure) {
            fail(failure);
        }
    }

    private void enter() {
        if (plan.network().isEmpty()) {
            return;
        }
        try (Fd network = linux.files.open(plan.network().get(), O_RDONLY)) {
            if (plan.maps().isPresent()) {
                enterOwner(network);
            }
            linux.namespaces.setns(network, ProcessFlags.CLONE_NEWNET);
        } catch (KernelException e) {
            throw e.during("netns_path " + plan.network().get());
        }
    }

    /** The CRI plugin has made the network namespace in the pod's user namespace, which nobody else knows. */
    private void enterOwner(Fd network) {
        try (Fd owner = linux.namespaces.ownerOf(network)) {
            linux.namespaces.setns(owner, ProcessFlags.CLONE_NEWUSER);
        } catch (KernelException e) {
            throw e.hint(Errno.EINVAL, "it was made in no user namespace of the pod's");
        }
        UserNamespaceRoot.become(linux, false);
        new IdMapFiles(linux).require(plan.maps().orElseThrow(), linux.processes.getpid());
    }

    /** In the holder. Never returns. */
    private void hold(Fd mapped, boolean dumpable) {
        try {
            if (linux.files.read(mapped, new byte[1], 0, 1) == 0) {
                linux.processes.exit(FAILED); // the other has failed, and has said why
            }
            linux.files.dup3(life, LIFE.number(), 0);
            linux.files.dup3(mouth, MOUTH.number(), 0);
            linux.descriptors.closeOnExecFrom(MOUTH.number() + 1);
            linux.processes.setsid();
            if ((plan.fresh() & ProcessFlags.CLONE_NEWUSER) != 0) {
                UserNamespaceRoot.become(linux, plan.maps().orElseThrow(), false);
            }
            linux.mounts.mount("", "/", "", MS_REC | MS_PRIVATE, "");
            for (HolderPlan.Parameter parameter : plan.parameters()) {
                linux.files.writeText(Fd.CWD, "/proc/sys/" + parameter.file(), parameter.value());
            }
            if (!plan.hostname().isEmpty()) {
                linux.namespaces.sethostname(plan.hostname());
            }
            changeRoot(HolderProgram.of(Arch.HERE, dumpable));
            giveUpRights();
            linux.processes.defaultActions();
            linux.processes.ignore(Signal.SIGCHLD.number); // the first of a pid namespace gets the orphans, and never asks how one ended
            linux.processes.unblockSignals();
            throw linux.processes.execve(NAME, List.of(NAME.substring(1)), List.of());
        } catch (Throwable failure) {
            fail(failure);
        }
    }

    private void changeRoot(byte[] program) {
        linux.mounts.mount("carafe-sandbox", PLACE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0555,size=64k,nr_inodes=2");
        try (Fd file = linux.files.openat(Fd.CWD, PLACE + NAME, O_WRONLY | O_CREAT, EXECUTABLE)) {
            linux.files.write(file, program);
        }
        linux.mounts.mount("", PLACE, "", MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, "");
        linux.paths.chdir(PLACE);
        try {
            linux.mounts.pivotRoot(".", ".");
        } catch (KernelException e) {
            throw e.hint(Errno.EINVAL, "an initramfs cannot be pivoted");
        }
        linux.mounts.umount2(".", MNT_DETACH);
        linux.paths.chdir("/");
    }

    /** Nothing is gained by an execve(2) afterwards, and nothing is left for it to keep. */
    private void giveUpRights() {
        linux.processes.prctl(ProcessFlags.PR_SET_NO_NEW_PRIVS, 1, 0);
        if (plan.maps().isEmpty()) {
            linux.credentials.setgroups(List.of());
        }
        long bounding = linux.credentials.boundingSet();
        for (int capability = 0; capability < Long.SIZE; capability++) {
            if ((bounding & 1L << capability) != 0) {
                linux.credentials.dropFromBoundingSet(capability);
            }
        }
        linux.credentials.capset(new Capabilities(0, 0, 0));
    }

    private void fail(Throwable failure) {
        try {
            linux.files.write(mouth, Failures.message(failure).getBytes(StandardCharsets.UTF_8));
        } finally {
            linux.processes.exit(FAILED);
        }
    }
}
