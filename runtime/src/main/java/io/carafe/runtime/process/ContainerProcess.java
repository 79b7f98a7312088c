package io.carafe.runtime.process;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFREG;
import static io.carafe.linux.abi.ProcessFlags.RLIMIT_NOFILE;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes;
import io.carafe.spec.json.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Turns the calling process, the container's init after its pivot, into what a {@link ProcessPlan} says.
 *
 * <p>{@link #limit} while the old credentials are there, {@link #become} changes them, {@link #execute} never comes back unless
 * the program cannot be run.
 */
public final class ContainerProcess {

    private static final int SELF = 0;
    private static final Fd STDERR = Fd.borrowed(2);
    private static final int NOT_EXECUTED = 255;
    private static final int FIRST_AFTER_STDIO = 3;
    private static final int LARGEST_PASSWD = 4 << 20;
    /** execvp(3): where env has no PATH. */
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Linux linux;
    private final ProcessPlan plan;
    private List<String> env = List.of();

    public ContainerProcess(Linux linux, ProcessPlan plan) {
        this.linux = linux;
        this.plan = plan;
    }

    /**
     * oom_score_adj, before the pivot: the host's /proc cannot have been laid by the image.
     *
     * @throws KernelException EACCES when it would fall below what CAP_SYS_RESOURCE set last
     */
    public void adjustOomScore() {
        plan.oomScoreAdj().ifPresent(score -> {
            try {
                linux.files.writeText(Fd.CWD, "/proc/self/oom_score_adj", Integer.toString(score));
            } catch (KernelException e) {
                throw e.as("set process.oomScoreAdj to " + score).hint(Errno.EACCES, "lowering it needs CAP_SYS_RESOURCE");
            }
        });
    }

    /** Mask of modes: with what comes from then on. */
    public void mask() {
        plan.umask().ifPresent(linux.paths::umask);
    }

    /**
     * Limits: what needs the rights that {@link #become} gives up. Of that on the number of processes only what {@link #limitProcesses}
     * could not do: who has become the user could be over it already, and may still have to clone (EAGAIN, getrlimit(2)).
     */
    public void limit() {
        for (ProcessPlan.Limit limit : plan.limits()) {
            if (limit.type() != RlimitType.RLIMIT_NPROC) {
                limit(SELF, limit);
                continue;
            }
            Processes.Rlimit now = linux.processes.getrlimit(limit.type().number);
            if (Long.compareUnsigned(limit.hard(), now.hard()) > 0) {
                limit(SELF, new ProcessPlan.Limit(limit.type(), now.soft(), limit.hard()));
            }
        }
    }

    /** The limit on the number of processes, in the process that clones no more; it needs no rights after {@link #limit}. */
    public void limitProcesses() {
        for (ProcessPlan.Limit limit : plan.limits()) {
            if (limit.type() == RlimitType.RLIMIT_NPROC) {
                limit(SELF, limit);
            }
        }
    }

    /** All limits of a child, with the rights of the caller. */
    public void limit(int pid) {
        for (ProcessPlan.Limit limit : plan.limits()) {
            limit(pid, limit);
        }
    }

    private void limit(int pid, ProcessPlan.Limit limit) {
        try {
            linux.processes.prlimit(pid, limit.type().number, limit.soft(), limit.hard());
        } catch (KernelException e) {
            throw e.as("set " + limit.type() + " to " + Long.toUnsignedString(limit.soft()) + ":" + Long.toUnsignedString(limit.hard()))
                    .hint(Errno.EPERM, "raising the hard limit needs CAP_SYS_RESOURCE");
        }
    }

    /**
     * User, groups and capabilities, in the only order that works: the bounding set while CAP_SETPCAP is effective, groups before
     * the user, capset(2) last.
     *
     * @param held capabilities, as a mask, that are kept beyond the plan's until {@link #giveUpHeld}; execve(2) would end them, too, as
     *     they are not in the bounding set
     */
    public void become(long held) {
        linux.credentials.keepInBoundingSet(plan.keptBounding());
        // Without it a change from uid 0 clears the permitted set (capabilities(7)), and nothing could be kept for a user.
        linux.processes.prctl(ProcessFlags.PR_SET_KEEPCAPS, 1, 0);
        // As root where root can, as the user where only the user can: an NFS root, a FUSE mount of the user's.
        boolean there = enteredWorkingDirectory();
        becomeUser();
        linux.processes.prctl(ProcessFlags.PR_SET_KEEPCAPS, 0, 0);
        if (!there) {
            enterWorkingDirectory();
        }
        linux.credentials.capset(plan.capabilities().with(held).forKernel());
        linux.processes.prctl(ProcessFlags.PR_CAP_AMBIENT, ProcessFlags.PR_CAP_AMBIENT_CLEAR_ALL, 0);
        for (Capability capability : Capability.values()) {
            if ((plan.ambient() & capability.bit()) != 0) {
                linux.credentials.raiseAmbient(capability.number);
            }
        }
        if (plan.noNewPrivileges()) {
            linux.processes.prctl(ProcessFlags.PR_SET_NO_NEW_PRIVS, 1, 0);
        }
    }

    /** What {@link #become} has held. The ambient set stays as it is: it is within what is left. */
    public void giveUpHeld() {
        linux.credentials.capset(plan.capabilities().forKernel());
    }

    private void becomeUser() {
        plan.groups().ifPresent(this::setGroups);
        linux.processes.keepingDumpable(() -> {
            linux.credentials.setgid(plan.gid());
            linux.credentials.setuid(plan.uid());
        });
        // Again: a uid change clears it (prctl(2)).
        linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
    }

    private void setGroups(List<Integer> groups) {
        try {
            linux.credentials.setgroups(groups);
        } catch (KernelException e) {
            // In a user namespace made by an ordinary user setgroups(2) stays denied (user_namespaces(7)); only an explicit wish is an error.
            if (!e.is(Errno.EPERM) || !groups.isEmpty()) {
                throw e.hint(Errno.EPERM, "process.user.additionalGids cannot be set in a user namespace of an ordinary user");
            }
        }
    }

    private boolean enteredWorkingDirectory() {
        try {
            enterWorkingDirectory();
            return true;
        } catch (KernelException e) {
            if (!e.is(Errno.EACCES) && !e.is(Errno.EPERM)) {
                throw e;
            }
            return false;
        }
    }

    private void enterWorkingDirectory() {
        try {
            linux.paths.chdir(plan.cwd());
        } catch (KernelException e) {
            throw e.as("chdir to process.cwd " + plan.cwd());
        }
        // CVE-2024-21626: a cwd such as /proc/self/fd/7 may lead out of the root; the kernel then says "(unreachable)".
        String cwd = linux.paths.getcwd();
        if (!cwd.startsWith("/")) {
            throw new KernelException("chdir to process.cwd " + plan.cwd() + ": it leads out of the container", Errno.EXDEV);
        }
    }

    /**
     * Makes the working directory where the image lacks it. After the pivot, before the root is read-only.
     *
     * @param make makes a directory, with the modes of mkdir -p, inside the root whatever links there are: by its path as it stands,
     *     {@code /proc/self/fd/7/x} would be made wherever descriptor 7 leads to (CVE-2024-21626)
     */
    public void makeWorkingDirectory(Consumer<String> make) {
        if (linux.paths.statxIfPresent(Fd.CWD, plan.cwd(), 0).isEmpty()) {
            make.accept(plan.cwd());
        }
    }

    /**
     * Closes what the caller left open, once nothing of it is needed: marked as close-on-exec only, it would still be there while
     * the kernel looks the program's path up, which may be {@code /proc/self/fd/7/bin/sh}, and a container that waits for its start
     * would hold it (CVE-2024-21626). Of the numbers that the caller hands on, too, those are closed that it left free: what was opened
     * since may have taken them.
     *
     * @param preserved how many from 3 on the program inherits
     * @param kept what the calling process still needs itself
     */
    public void closeInherited(int preserved, List<Fd> kept) {
        if (preserved > 0) {
            // No number of ours reaches the soft limit (getrlimit(2)), however many the caller has counted.
            long most = linux.processes.getrlimit(RLIMIT_NOFILE).soft();
            int end = FIRST_AFTER_STDIO + preserved;
            linux.descriptors.closeMarked(FIRST_AFTER_STDIO, Long.compareUnsigned(most, end) < 0 ? (int) most : end, kept);
        }
        linux.descriptors.closeFrom(FIRST_AFTER_STDIO + preserved, kept);
    }

    /** The program's variables, after {@link #makeReady}. */
    public List<String> environment() {
        return env;
    }

    /** The variables, with the HOME that the container's /etc/passwd gives the user where the document gives none; {@code /} without an entry. */
    private List<String> withHome() {
        if (!plan.variable("HOME", "").isEmpty()) {
            return plan.env();
        }
        List<String> env = new ArrayList<>(plan.env());
        env.removeIf(entry -> entry.startsWith("HOME="));
        env.add("HOME=" + home());
        return env;
    }

    /** No file of the image is worth the start: of what cannot be read, as of a link to itself, nothing is known. */
    private String home() {
        // Without blocking: the image may have a FIFO there.
        try (Fd file = linux.files.open("/etc/passwd", O_RDONLY | O_NONBLOCK)) {
            String text = linux.files.fstat(file).type() == S_IFREG
                    ? new String(linux.files.readAll(file, LARGEST_PASSWD), StandardCharsets.UTF_8) : "";
            return Passwd.home(text, plan.uid()).orElse("/");
        } catch (KernelException e) {
            if (e.is(Errno.ENOMEM) || e.is(Errno.ENFILE) || e.is(Errno.EMFILE)) { // no fault of the image's
                throw e;
            }
            return "/";
        }
    }

    /** The program's path, found with the rights of the user that {@link #become} has made. */
    public String executable() {
        return new Executable(linux).find(plan.args().get(0), plan.variable("PATH", DEFAULT_PATH));
    }

    /**
     * All that comes before execve(2) and could be refused by a seccomp filter. What is opened from here on must be close-on-exec.
     *
     * @param preserved how many descriptors from 3 on the program inherits
     */
    public void makeReady(int preserved) {
        env = withHome();
        // Before a seccomp filter could refuse it. Signals stay blocked until the execve(2), and SIGPIPE with them.
        linux.processes.defaultActions();
        // After the last open: a directory fd that leaks through execve reaches the host (CVE-2024-21626).
        linux.descriptors.closeOnExecFrom(FIRST_AFTER_STDIO + preserved);
    }

    /**
     * execve(2), after {@link #makeReady}; never returns.
     *
     * <p>{@link #executable} has found the file. What the kernel says of its inside, a missing interpreter or a foreign format, is the end of
     * the container's own process, as under runc and crun: one line on its stderr, and {@value #NOT_EXECUTED}.
     */
    public void execute(String executable) {
        KernelException failure = linux.processes.execve(executable, plan.args(), env)
                .hint(Errno.ENOENT, "the file is there: its interpreter or loader is not")
                .hint(Errno.ENOEXEC, "not a program of this machine's kind, and no #! line");
        try {
            linux.files.write(STDERR, (Printable.of(failure.getMessage()) + "\n").getBytes(StandardCharsets.UTF_8));
        } finally {
            linux.processes.exit(NOT_EXECUTED); // also where nobody is left to read it
        }
    }
}
