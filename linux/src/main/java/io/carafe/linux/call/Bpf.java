package io.carafe.linux.call;

import static io.carafe.linux.KernelException.check;
import static io.carafe.linux.abi.BpfProgram.BPF_PROG_ATTACH;
import static io.carafe.linux.abi.BpfProgram.BPF_PROG_DETACH;
import static io.carafe.linux.abi.BpfProgram.BPF_PROG_GET_FD_BY_ID;
import static io.carafe.linux.abi.BpfProgram.BPF_PROG_LOAD;
import static io.carafe.linux.abi.BpfProgram.BPF_PROG_QUERY;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_FILTER_FLAG_NEW_LISTENER;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_FILTER_FLAG_TSYNC;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_GET_ACTION_AVAIL;
import static io.carafe.linux.abi.SeccompFlags.SECCOMP_SET_MODE_FILTER;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Struct.BpfAttach;
import io.carafe.linux.abi.Struct.BpfById;
import io.carafe.linux.abi.Struct.BpfInstruction;
import io.carafe.linux.abi.Struct.BpfLoad;
import io.carafe.linux.abi.Struct.BpfQuery;
import io.carafe.linux.abi.Struct.SockFilter;
import io.carafe.linux.abi.Struct.SockFprog;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Programs that are handed to the kernel: bpf(2), seccomp(2). */
public final class Bpf {

    /** Helpers that only GPL programs may call are not called; the verifier wants a word all the same. */
    private static final String LICENSE = "Apache-2.0";
    private static final int NAME_MAX = 15;
    private static final int LOAD_ATTEMPTS = 5;
    /** BPF_CGROUP_MAX_PROGS: more the kernel does not attach to one cgroup. */
    private static final int MOST_PROGRAMS = 64;

    private final Kernel kernel;
    private final Memory memory;

    Bpf(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /**
     * bpf(2) BPF_PROG_LOAD. The caller owns the result.
     *
     * @param instructions struct bpf_insn, 8 bytes each
     * @param name up to 15 letters, digits and underscores, which bpftool shows
     * @throws KernelException EPERM without CAP_BPF, or before Linux 5.11 when RLIMIT_MEMLOCK is used up; EINVAL, EACCES when the
     *     verifier refuses the program
     */
    public Fd progLoad(int type, byte[] instructions, String name) {
        try (Memory.Frame frame = memory.frame()) {
            long attr = frame.zeroed(BpfLoad.SIZE);
            kernel.putInt(attr + BpfLoad.PROG_TYPE, type);
            kernel.putInt(attr + BpfLoad.INSN_CNT, instructions.length / BpfInstruction.SIZE);
            kernel.putLong(attr + BpfLoad.INSNS, frame.bytes(instructions));
            kernel.putLong(attr + BpfLoad.LICENSE, frame.string(LICENSE));
            byte[] shown = name.getBytes(StandardCharsets.UTF_8);
            kernel.put(attr + BpfLoad.PROG_NAME, shown, 0, Math.min(shown.length, NAME_MAX));
            long result = -Errno.EAGAIN.number;
            // The verifier gives up with EAGAIN when a signal is pending (Linux 5.0).
            for (int attempt = 0; attempt < LOAD_ATTEMPTS && result == -Errno.EAGAIN.number; attempt++) {
                result = kernel.call(Sys.BPF.nr, BPF_PROG_LOAD, attr, BpfLoad.SIZE);
            }
            return Fd.owned(kernel, check("bpf BPF_PROG_LOAD", result));
        }
    }

    /**
     * bpf(2) BPF_PROG_ATTACH to a cgroup2 directory, which then holds the program for as long as it lives (Linux 4.15 for
     * device programs).
     *
     * @param flags BPF_F_ALLOW_MULTI
     * @throws KernelException EBADF when the directory is not of a cgroup2 file system; EPERM when a program above allows no other
     */
    public void progAttach(Fd cgroup, Fd program, int attachType, int flags) {
        attach("bpf BPF_PROG_ATTACH", BPF_PROG_ATTACH, cgroup, program, attachType, flags, 0);
    }

    /**
     * bpf(2) BPF_PROG_ATTACH in the place of another program.
     *
     * @param flags BPF_F_REPLACE with those that the other was attached with
     * @throws KernelException ENOENT when the other is not attached there
     */
    public void progReplace(Fd cgroup, Fd program, Fd replaced, int attachType, int flags) {
        attach("bpf BPF_PROG_ATTACH", BPF_PROG_ATTACH, cgroup, program, attachType, flags, replaced.number());
    }

    /** bpf(2) BPF_PROG_DETACH. @throws KernelException ENOENT when it is not attached there */
    public void progDetach(Fd cgroup, Fd program, int attachType) {
        attach("bpf BPF_PROG_DETACH", BPF_PROG_DETACH, cgroup, program, attachType, 0, 0);
    }

    private void attach(String name, int command, Fd cgroup, Fd program, int attachType, int flags, int replaced) {
        try (Memory.Frame frame = memory.frame()) {
            long attr = frame.zeroed(BpfAttach.SIZE);
            kernel.putInt(attr + BpfAttach.TARGET_FD, cgroup.number());
            kernel.putInt(attr + BpfAttach.ATTACH_BPF_FD, program.number());
            kernel.putInt(attr + BpfAttach.ATTACH_TYPE, attachType);
            kernel.putInt(attr + BpfAttach.ATTACH_FLAGS, flags);
            kernel.putInt(attr + BpfAttach.REPLACE_BPF_FD, replaced);
            check(name, kernel.call(Sys.BPF.nr, command, attr, BpfAttach.SIZE));
        }
    }

    /** bpf(2) BPF_PROG_QUERY: the ids of the programs that are attached to a cgroup2 directory itself. @throws KernelException EPERM without CAP_NET_ADMIN */
    public List<Integer> progQuery(Fd cgroup, int attachType) {
        try (Memory.Frame frame = memory.frame()) {
            long attr = frame.zeroed(BpfQuery.SIZE);
            kernel.putInt(attr + BpfQuery.TARGET_FD, cgroup.number());
            kernel.putInt(attr + BpfQuery.ATTACH_TYPE, attachType);
            long ids = frame.zeroed(MOST_PROGRAMS * Integer.BYTES);
            kernel.putLong(attr + BpfQuery.PROG_IDS, ids);
            kernel.putInt(attr + BpfQuery.PROG_CNT, MOST_PROGRAMS);
            check("bpf BPF_PROG_QUERY", kernel.call(Sys.BPF.nr, BPF_PROG_QUERY, attr, BpfQuery.SIZE));
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < kernel.getInt(attr + BpfQuery.PROG_CNT); i++) {
                found.add(kernel.getInt(ids + (long) i * Integer.BYTES));
            }
            return found;
        }
    }

    /** bpf(2) BPF_PROG_GET_FD_BY_ID. The caller owns the result. @throws KernelException ENOENT; EPERM without CAP_SYS_ADMIN */
    public Fd progFdById(int id) {
        try (Memory.Frame frame = memory.frame()) {
            long attr = frame.zeroed(BpfById.SIZE);
            kernel.putInt(attr + BpfById.ID, id);
            return Fd.owned(kernel, check("bpf BPF_PROG_GET_FD_BY_ID", kernel.call(Sys.BPF.nr, BPF_PROG_GET_FD_BY_ID, attr, BpfById.SIZE)));
        }
    }

    /**
     * seccomp(2) SECCOMP_SET_MODE_FILTER on the calling thread, and on all threads with TSYNC. There is no way back.
     *
     * @param filter struct sock_filter, one a word of 64 bits: {@link SockFilter}
     * @param flags SECCOMP_FILTER_FLAG_…; TSYNC_ESRCH is added where it is needed
     * @return the descriptor that notifications are read from, which the caller owns: with SECCOMP_FILTER_FLAG_NEW_LISTENER only
     * @throws KernelException EACCES without CAP_SYS_ADMIN and without no_new_privs; EINVAL when the kernel does not know a flag or
     *     refuses the program; EBUSY when there is a listener already; ENOSYS without CONFIG_SECCOMP_FILTER; ESRCH when TSYNC fails
     */
    public Optional<Fd> setModeFilter(int flags, long[] filter) {
        boolean listen = (flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
        boolean all = (flags & SECCOMP_FILTER_FLAG_TSYNC) != 0;
        try (Memory.Frame frame = memory.frame()) {
            long instructions = frame.raw((long) filter.length * SockFilter.SIZE);
            for (int i = 0; i < filter.length; i++) {
                kernel.putLong(instructions + (long) i * SockFilter.SIZE, filter[i]);
            }
            long program = frame.zeroed(SockFprog.SIZE);
            kernel.putInt(program + SockFprog.LEN, filter.length);
            kernel.putLong(program + SockFprog.FILTER, instructions);
            long result = kernel.call(Sys.SECCOMP.nr, SECCOMP_SET_MODE_FILTER,
                    flags | (listen && all ? SECCOMP_FILTER_FLAG_TSYNC_ESRCH : 0), program);
            if (result < 0) {
                throw KernelException.of("seccomp SECCOMP_SET_MODE_FILTER", result);
            }
            if (listen) {
                return Optional.of(Fd.owned(kernel, result));
            }
            if (result > 0) {
                throw new KernelException("seccomp SECCOMP_FILTER_FLAG_TSYNC: thread " + result + " has another filter", Errno.ESRCH);
            }
            return Optional.empty();
        }
    }

    /**
     * Whether the kernel knows a flag of SECCOMP_SET_MODE_FILTER. Asked with no program, which is EFAULT where the flag is known, EINVAL
     * where it is not, ENOSYS without seccomp.
     */
    public boolean hasSeccompFlag(int flag) {
        long result = kernel.call(Sys.SECCOMP.nr, SECCOMP_SET_MODE_FILTER, flag, 0);
        if (result == -Errno.EINVAL.number || result == -Errno.ENOSYS.number) {
            return false;
        }
        if (result != -Errno.EFAULT.number) {
            check("seccomp SECCOMP_SET_MODE_FILTER", result);
        }
        return true;
    }

    /** seccomp(2) SECCOMP_GET_ACTION_AVAIL, Linux 4.14: whether the kernel knows a SECCOMP_RET_… value. */
    public boolean hasSeccompAction(int action) {
        try (Memory.Frame frame = memory.frame()) {
            long value = frame.zeroed(Integer.BYTES);
            kernel.putInt(value, action);
            long result = kernel.call(Sys.SECCOMP.nr, SECCOMP_GET_ACTION_AVAIL, 0, value);
            // EINVAL: the kernel does not know the question. ENOSYS: it has no seccomp.
            if (result == -Errno.EOPNOTSUPP.number || result == -Errno.EINVAL.number || result == -Errno.ENOSYS.number) {
                return false;
            }
            check("seccomp SECCOMP_GET_ACTION_AVAIL", result);
            return true;
        }
    }
}
