package io.carafe.linux.abi;

/** bpf(2): commands, and what a device program of a cgroup sees and is made of (linux/bpf.h, linux/bpf_common.h). */
public final class BpfProgram {

    public static final int BPF_PROG_LOAD = 5;
    public static final int BPF_PROG_ATTACH = 8;
    public static final int BPF_PROG_DETACH = 9;
    public static final int BPF_PROG_GET_FD_BY_ID = 13;
    public static final int BPF_PROG_QUERY = 16;
    public static final int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    /** The place in a cgroup where a device program is attached. */
    public static final int BPF_CGROUP_DEVICE = 6;
    /** More than one program, of this cgroup and of those above it; each must allow. */
    public static final int BPF_F_ALLOW_MULTI = 2;
    /** In the place of another program, in one step (Linux 5.6). */
    public static final int BPF_F_REPLACE = 4;

    /** struct bpf_cgroup_dev_ctx: the kind of device in the low 16 bits, the access in the high 16; major; minor. */
    public static final int CTX_ACCESS_TYPE = 0;
    public static final int CTX_MAJOR = 4;
    public static final int CTX_MINOR = 8;
    public static final int BPF_DEVCG_DEV_BLOCK = 1;
    public static final int BPF_DEVCG_DEV_CHAR = 2;
    public static final int BPF_DEVCG_ACC_MKNOD = 1;
    public static final int BPF_DEVCG_ACC_READ = 2;
    public static final int BPF_DEVCG_ACC_WRITE = 4;

    /** A 32-bit load from memory at a register and an offset: BPF_LDX | BPF_MEM | BPF_W. */
    public static final int LOAD_WORD = 0x61;
    /** 32-bit and, shift, move by an immediate: BPF_ALU | BPF_K. */
    public static final int AND = 0x54;
    public static final int SHIFT_RIGHT = 0x74;
    public static final int MOVE = 0xb4;
    /** 64-bit jumps on a comparison with an immediate: BPF_JMP | BPF_K. */
    public static final int JUMP = 0x05;
    public static final int JUMP_IF_SET = 0x45;
    public static final int JUMP_IF_NOT_EQUAL = 0x55;
    public static final int EXIT = 0x95;

    private BpfProgram() {
    }
}
