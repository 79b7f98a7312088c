package io.carafe.linux.abi;

/** seccomp(2): operations, flags, what a filter returns and what it sees (linux/seccomp.h, linux/audit.h). */
public final class SeccompFlags {

    public static final int SECCOMP_SET_MODE_FILTER = 1;
    public static final int SECCOMP_GET_ACTION_AVAIL = 2;

    public static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
    /** Linux 4.14. */
    public static final int SECCOMP_FILTER_FLAG_LOG = 1 << 1;
    /** Linux 4.17. */
    public static final int SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2;
    /** Linux 5.0. */
    public static final int SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3;
    /** Linux 5.7: what TSYNC needs beside NEW_LISTENER, since both would return a positive number. */
    public static final int SECCOMP_FILTER_FLAG_TSYNC_ESRCH = 1 << 4;
    /** Linux 5.19, only with NEW_LISTENER. */
    public static final int SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 1 << 5;

    public static final int SECCOMP_RET_KILL_PROCESS = 0x80000000;
    public static final int SECCOMP_RET_KILL_THREAD = 0;
    public static final int SECCOMP_RET_TRAP = 0x00030000;
    public static final int SECCOMP_RET_ERRNO = 0x00050000;
    public static final int SECCOMP_RET_USER_NOTIF = 0x7fc00000;
    public static final int SECCOMP_RET_TRACE = 0x7ff00000;
    public static final int SECCOMP_RET_LOG = 0x7ffc0000;
    public static final int SECCOMP_RET_ALLOW = 0x7fff0000;
    /** The part of a return value that carries an errno, or a word for the tracer. */
    public static final int SECCOMP_RET_DATA = 0xffff;

    /** struct seccomp_data: number, architecture, instruction pointer, six arguments of 64 bits. */
    public static final int DATA_NR = 0;
    public static final int DATA_ARCH = 4;
    public static final int DATA_ARGS = 16;

    public static final int AUDIT_ARCH_X86_64 = 0xc000003e;
    public static final int AUDIT_ARCH_I386 = 0x40000003;
    public static final int AUDIT_ARCH_AARCH64 = 0xc00000b7;
    public static final int AUDIT_ARCH_ARM = 0x40000028;
    /** In a number of AUDIT_ARCH_X86_64: the call came by the x32 ABI (asm/unistd.h). */
    public static final int X32_SYSCALL_BIT = 0x40000000;

    /** The classic BPF of seccomp filters: one accumulator of 32 bits, jumps only forward (linux/bpf_common.h, linux/filter.h). */
    public static final class ClassicBpf {

        /** The longest program that the kernel takes, in instructions. */
        public static final int BPF_MAXINSNS = 4096;

        /** BPF_LD | BPF_W | BPF_ABS: loads a word of struct seccomp_data. */
        public static final int LOAD = 0x20;
        /** BPF_ALU | BPF_AND | BPF_K. */
        public static final int AND = 0x54;
        /** BPF_JMP: always, by 32 bits; the others by 8 bits when true, 8 bits when false. Comparisons are unsigned. */
        public static final int JUMP = 0x05;
        public static final int JUMP_IF_EQUAL = 0x15;
        public static final int JUMP_IF_GREATER = 0x25;
        public static final int JUMP_IF_GREATER_OR_EQUAL = 0x35;
        public static final int JUMP_IF_SET = 0x45;
        /** BPF_RET | BPF_K. */
        public static final int RETURN = 0x06;

        private ClassicBpf() {
        }
    }

    private SeccompFlags() {
    }
}
