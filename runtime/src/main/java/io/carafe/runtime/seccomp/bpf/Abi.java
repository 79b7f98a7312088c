package io.carafe.runtime.seccomp.bpf;

import static io.carafe.linux.abi.SeccompFlags.AUDIT_ARCH_AARCH64;
import static io.carafe.linux.abi.SeccompFlags.AUDIT_ARCH_ARM;
import static io.carafe.linux.abi.SeccompFlags.AUDIT_ARCH_I386;
import static io.carafe.linux.abi.SeccompFlags.AUDIT_ARCH_X86_64;
import static io.carafe.linux.abi.SeccompFlags.X32_SYSCALL_BIT;

import io.carafe.spec.seccomp.Arch;

/**
 * The ways in which a program can enter a kernel that carafe runs on, each with its own table of numbers.
 *
 * <p>Architectures of the specification that are not here cannot be entered on x86_64 or aarch64: they are words that may be listed.
 */
public enum Abi {
    X86_64(Arch.SCMP_ARCH_X86_64, io.carafe.linux.abi.Arch.X86_64, AUDIT_ARCH_X86_64, 0, true, Integer.MAX_VALUE),
    /** Its numbers 512 to 547 are those of calls that differ from x86_64's; new calls continue below (syscall_64.tbl). */
    X32(Arch.SCMP_ARCH_X32, io.carafe.linux.abi.Arch.X86_64, AUDIT_ARCH_X86_64, X32_SYSCALL_BIT, false, 512),
    X86(Arch.SCMP_ARCH_X86, io.carafe.linux.abi.Arch.X86_64, AUDIT_ARCH_I386, 0, false, Integer.MAX_VALUE),
    AARCH64(Arch.SCMP_ARCH_AARCH64, io.carafe.linux.abi.Arch.AARCH64, AUDIT_ARCH_AARCH64, 0, true, Integer.MAX_VALUE),
    /** From 0xf0000 come calls of this architecture alone, as set_tls (asm/unistd.h). */
    ARM(Arch.SCMP_ARCH_ARM, io.carafe.linux.abi.Arch.AARCH64, AUDIT_ARCH_ARM, 0, false, 0xf0000);

    private static final Abi[] ALL = values();

    final Arch word;
    /** The machine whose kernel has this way in. */
    final io.carafe.linux.abi.Arch host;
    /** seccomp_data.arch. */
    final int audit;
    /** What is added to a number of the table to give seccomp_data.nr. */
    final int bit;
    /** Whether an argument has 64 bits; else only its low 32 are looked at, as libseccomp does also for x32. */
    final boolean wide;
    /** The first number of those that are apart from the row in which new system calls are numbered. */
    final int apart;

    Abi(Arch word, io.carafe.linux.abi.Arch host, int audit, int bit, boolean wide, int apart) {
        this.word = word;
        this.host = host;
        this.audit = audit;
        this.bit = bit;
        this.wide = wide;
        this.apart = apart;
    }

    /** The host's own ABI: always part of a filter, listed or not. */
    boolean isNative() {
        return this == X86_64 || this == AARCH64;
    }

    static int count() {
        return ALL.length;
    }

    /** The audit architecture of calls that a program of the machine's own kind makes. */
    public static int ownAudit() {
        for (Abi abi : ALL) {
            if (abi.isNative() && abi.host == io.carafe.linux.abi.Arch.HERE) {
                return abi.audit;
            }
        }
        throw new AssertionError(io.carafe.linux.abi.Arch.HERE);
    }

    static Abi at(int ordinal) {
        return ALL[ordinal];
    }
}
