package io.carafe.runtime.init.namespace;

import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The intermediate process's way into the namespaces of a plan, all that must be there before the init is. */
public final class NamespaceEntry {

    private static final String TIME_OFFSETS = "/proc/self/timens_offsets";

    private final Linux linux;
    private final NamespacesPlan plan;
    private final JoinedNamespaces joined;

    public NamespaceEntry(Linux linux, NamespacesPlan plan, JoinedNamespaces joined) {
        this.linux = linux;
        this.plan = plan;
        this.joined = joined;
    }

    /**
     * @param intermediate process whose parent has the maps
     * @param keepsGroups see {@link UserNamespaceRoot#become}
     */
    public void enter(IntermediateProcess intermediate, boolean keepsGroups) {
        // Opened with the caller's rights, while the file is still one's own: a process that may not be looked at owns none (proc(5)).
        Optional<Fd> offsets = plan.timeOffsets().isEmpty() ? Optional.empty() : Optional.of(linux.files.open(TIME_OFFSETS, O_WRONLY));
        if (plan.isJoined(NamespaceKind.PID) || plan.isJoined(NamespaceKind.USER)) {
            // Before it is inside: the processes there may not look at this one, nor through its descriptors (CVE-2016-9962).
            linux.processes.prctl(ProcessFlags.PR_SET_DUMPABLE, 0, 0);
        }
        joined.join();
        if (plan.isFresh(NamespaceKind.USER)) {
            linux.namespaces.unshare(ProcessFlags.CLONE_NEWUSER);
            intermediate.awaitMaps();
        } else if (plan.maps().isPresent()) {
            intermediate.awaitMaps();
        }
        if (plan.isFresh(NamespaceKind.TIME)) {
            linux.namespaces.unshare(ProcessFlags.CLONE_NEWTIME);
        }
        offsets.ifPresent(this::writeOffsets);
        if (plan.isFresh(NamespaceKind.USER)) {
            UserNamespaceRoot.become(linux, plan.maps().orElseThrow(), keepsGroups);
        } else if (plan.isJoined(NamespaceKind.USER)) {
            UserNamespaceRoot.become(linux, keepsGroups);
        }
        if (plan.isClonedLast()) {
            linux.namespaces.unshare(plan.freshAtClone());
        }
    }

    /** The parent's part: it writes the maps of a fresh user namespace that a process is in, and looks at those of a joined one. */
    public static void map(Linux linux, NamespacesPlan plan, int pid) {
        IdMapFiles files = new IdMapFiles(linux);
        if (plan.isFresh(NamespaceKind.USER)) {
            files.write(plan.maps().orElseThrow(), pid);
        } else {
            files.require(plan.maps().orElseThrow(), pid);
        }
    }

    private void writeOffsets(Fd file) {
        try (file) {
            linux.files.write(file, plan.timeOffsets().getBytes(StandardCharsets.US_ASCII));
        } catch (KernelException e) {
            throw e.as("set linux.timeOffsets").hint(Errno.ERANGE, "the clock would be before 0, or too far ahead")
                    .hint(Errno.EPERM, "it needs CAP_SYS_TIME");
        }
    }
}
