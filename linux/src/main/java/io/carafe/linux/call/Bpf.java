package io.carafe.linux.call;

import static io.carafe.linux.abi.BpfProgram.BPF_PROG_ATTACH;
import static io.carafe.linux.abi.BpfProgram.BPF_PROG_LOAD;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Struct.BpfAttach;
import io.carafe.linux.abi.Struct.BpfInstruction;
import io.carafe.linux.abi.Struct.BpfLoad;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;

/** bpf(2). */
public final class Bpf {

    /** Helpers that only GPL programs may call are not called; the verifier wants a word all the same. */
    private static final String LICENSE = "Apache-2.0";
    private static final int NAME_MAX = 15;
    private static final int LOAD_ATTEMPTS = 5;

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
        try (Memory.Frame frame = memory.frame()) {
            long attr = frame.zeroed(BpfAttach.SIZE);
            kernel.putInt(attr + BpfAttach.TARGET_FD, cgroup.number());
            kernel.putInt(attr + BpfAttach.ATTACH_BPF_FD, program.number());
            kernel.putInt(attr + BpfAttach.ATTACH_TYPE, attachType);
            kernel.putInt(attr + BpfAttach.ATTACH_FLAGS, flags);
            check("bpf BPF_PROG_ATTACH", kernel.call(Sys.BPF.nr, BPF_PROG_ATTACH, attr, BpfAttach.SIZE));
        }
    }

    private static long check(String what, long result) {
        if (result < 0) {
            throw KernelException.of(what, result);
        }
        return result;
    }
}
