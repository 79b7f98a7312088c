package io.carafe.linux.call.process;

import static io.carafe.linux.KernelException.check;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** credentials(7) and capabilities(7). Sets of capabilities are 64-bit masks, bit n for capability n. */
public final class Credentials {

    /** CAP_AUDIT_READ, Linux 3.16. */
    private static final int LAST_OF_EVERY_KERNEL = 37;
    private static final String USER_NAMESPACE = "/proc/self/ns/user";
    /** PROC_USER_INIT_INO of linux/proc_ns.h. */
    private static final String FIRST_USER_NAMESPACE = "user:[4026531837]";
    private static final int LONGEST_NAMESPACE = 64;

    private final Kernel kernel;
    private final Memory memory;

    public Credentials(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    public int geteuid() {
        return (int) kernel.call(Sys.GETEUID.nr);
    }

    public int getegid() {
        return (int) kernel.call(Sys.GETEGID.nr);
    }

    /** Whether the caller has no rights to the machine: it is not root, or root of a user namespace only, whatever the maps of that say. */
    public boolean isOrdinaryUser() {
        return geteuid() != 0 || !isInFirstUserNamespace();
    }

    /**
     * Whether the caller is in the user namespace that the machine started with. It is told by its inode: another may map all ids to
     * themselves, too. A kernel without user namespaces (ENOENT) has this one.
     */
    public boolean isInFirstUserNamespace() {
        try (Memory.Frame frame = memory.frame()) {
            long name = frame.zeroed(LONGEST_NAMESPACE);
            long length = kernel.call(Sys.READLINKAT.nr, Fd.CWD.number(), frame.string(USER_NAMESPACE), name, LONGEST_NAMESPACE);
            if (length == -Errno.ENOENT.number) {
                return true;
            }
            check("readlink " + USER_NAMESPACE, length);
            byte[] text = new byte[(int) length];
            kernel.get(name, text, 0, text.length);
            return new String(text, StandardCharsets.US_ASCII).equals(FIRST_USER_NAMESPACE);
        }
    }

    /** setresuid(2): real, effective and saved. @throws KernelException EINVAL when the user namespace does not map the id */
    public void setuid(int uid) {
        check("setuid " + Integer.toUnsignedString(uid), kernel.call(Sys.SETRESUID.nr, uid, uid, uid));
    }

    /** setresgid(2): real, effective and saved. @throws KernelException EINVAL when the user namespace does not map the id */
    public void setgid(int gid) {
        check("setgid " + Integer.toUnsignedString(gid), kernel.call(Sys.SETRESGID.nr, gid, gid, gid));
    }

    /** setgroups(2). @throws KernelException EPERM when /proc/self/setgroups says deny */
    public void setgroups(List<Integer> groups) {
        try (Memory.Frame frame = memory.frame()) {
            long list = frame.raw(Math.max(1, groups.size()) * (long) Integer.BYTES);
            for (int i = 0; i < groups.size(); i++) {
                kernel.putInt(list + (long) i * Integer.BYTES, groups.get(i));
            }
            check("setgroups", kernel.call(Sys.SETGROUPS.nr, groups.size(), list));
        }
    }

    /**
     * Whether setgroups(2) is allowed, asked with a list that is nowhere: EFAULT where it is, EPERM without CAP_SETGID and where
     * /proc/self/setgroups says deny.
     */
    public boolean maySetgroups() {
        long result = kernel.call(Sys.SETGROUPS.nr, 1, 0);
        if (result != -Errno.EFAULT.number && result != -Errno.EPERM.number) {
            check("setgroups", result);
        }
        return result != -Errno.EPERM.number;
    }

    /** The three sets that capget(2) and capset(2) know. */
    public record Capabilities(long effective, long permitted, long inheritable) {
    }

    /** capget(2) of the caller. */
    public Capabilities capget() {
        try (Memory.Frame frame = memory.frame()) {
            long header = header(frame);
            long sets = frame.zeroed(24);
            check("capget", kernel.call(Sys.CAPGET.nr, header, sets));
            return new Capabilities(joined(sets), joined(sets + 4), joined(sets + 8));
        }
    }

    /** capset(2) of the caller. @throws KernelException EPERM when permitted would grow */
    public void capset(Capabilities capabilities) {
        try (Memory.Frame frame = memory.frame()) {
            long header = header(frame);
            long sets = frame.zeroed(24);
            split(sets, capabilities.effective());
            split(sets + 4, capabilities.permitted());
            split(sets + 8, capabilities.inheritable());
            check("capset", kernel.call(Sys.CAPSET.nr, header, sets));
        }
    }

    private long header(Memory.Frame frame) {
        long header = frame.zeroed(8);
        kernel.putInt(header, ProcessFlags.CAPABILITY_VERSION_3);
        return header;
    }

    /** A set is two words of 32 bits that stand 12 bytes apart: struct __user_cap_data_struct[2]. */
    private long joined(long at) {
        return Integer.toUnsignedLong(kernel.getInt(at)) | (long) kernel.getInt(at + 12) << 32;
    }

    private void split(long at, long mask) {
        kernel.putInt(at, (int) mask);
        kernel.putInt(at + 12, (int) (mask >>> 32));
    }

    /** prctl(2) PR_CAPBSET_READ of every capability that the kernel knows, also of those that carafe has no name for. */
    public long boundingSet() {
        long set = 0;
        int unknown = Long.SIZE;
        for (int capability = 0; capability < Long.SIZE; capability++) {
            long read = readBounding(capability);
            if (read == -Errno.EINVAL.number) {
                unknown = Math.min(unknown, capability);
            } else if (capability > unknown) {
                unknown = 0; // they have no gaps: EINVAL was not the kernel's
            } else {
                set |= read << capability;
            }
        }
        if (unknown <= LAST_OF_EVERY_KERNEL) {
            throw new KernelException("prctl PR_CAPBSET_READ", Errno.EINVAL);
        }
        return set;
    }

    /** prctl(2) PR_CAPBSET_READ. @return false when dropped; also when the kernel does not know the capability */
    public boolean inBoundingSet(int capability) {
        return readBounding(capability) == 1;
    }

    /** @return 0 or 1, or EINVAL for a capability that the kernel does not know: any other error is no answer, and no empty set */
    private long readBounding(int capability) {
        long read = kernel.call(Sys.PRCTL.nr, ProcessFlags.PR_CAPBSET_READ, capability);
        return read == -Errno.EINVAL.number ? read : check("prctl PR_CAPBSET_READ", read);
    }

    /**
     * Drops all others from the bounding set: by number, since a kernel newer than any table has capabilities that nobody could have asked for.
     * Also those that it says not to know: a filter around this process could have said so, and the caller's would stay.
     *
     * @param kept as a mask
     * @throws KernelException EPERM without CAP_SETPCAP, where there is one to drop
     */
    public void keepInBoundingSet(long kept) {
        long set = boundingSet();
        for (int capability = 0; capability < Long.SIZE; capability++) {
            long bit = 1L << capability;
            if ((kept & bit) == 0 && (set & bit) != 0) {
                dropFromBoundingSet(capability);
            } else if ((kept & bit) == 0 && capability > LAST_OF_EVERY_KERNEL) {
                kernel.call(Sys.PRCTL.nr, ProcessFlags.PR_CAPBSET_DROP, capability); // EINVAL: there is none; EPERM: and it could not be dropped
            }
        }
    }

    /** prctl(2) PR_CAPBSET_DROP. @throws KernelException EPERM without CAP_SETPCAP */
    public void dropFromBoundingSet(int capability) {
        check("prctl PR_CAPBSET_DROP", kernel.call(Sys.PRCTL.nr, ProcessFlags.PR_CAPBSET_DROP, capability));
    }

    /** prctl(2) PR_CAP_AMBIENT_RAISE. @throws KernelException EPERM when not both permitted and inheritable */
    public void raiseAmbient(int capability) {
        check("prctl PR_CAP_AMBIENT_RAISE",
                kernel.call(Sys.PRCTL.nr, ProcessFlags.PR_CAP_AMBIENT, ProcessFlags.PR_CAP_AMBIENT_RAISE, capability));
    }
}
