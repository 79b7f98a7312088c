package io.carafe.shim.sandbox.holder;

import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Sys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An executable that does nothing for as long as another process lives: it confines itself, says so on descriptor 1, and reads descriptor
 * 0, a pipe, until nobody can write to it any more. It has no data and no stack to speak of: some kilobytes where an image of the shim would
 * have megabytes.
 *
 * <p>Under SECCOMP_SET_MODE_STRICT of seccomp(2) it can do no more than that, whoever gets hold of it.
 *
 * @see "elf(5)"
 */
final class HolderProgram {

    /** What it writes when it is confined: the low byte of argc, where the stack pointer points at the start. */
    static final byte READY = 1;

    private static final int ELF_HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int PROGRAM_HEADERS = 2;
    private static final int CODE = ELF_HEADER + PROGRAM_HEADERS * PROGRAM_HEADER;
    private static final long ADDRESS = 0x400000;
    /** As large as any page of either machine. */
    private static final long ALIGNMENT = 0x10000;
    private static final int READ_EXECUTE = 5;
    private static final int READ_WRITE = 6;
    private static final int PT_LOAD = 1;
    private static final int PT_GNU_STACK = 0x6474e551;
    private static final short ET_EXEC = 2;
    private static final short EM_X86_64 = 62;
    private static final short EM_AARCH64 = 183;

    private HolderProgram() {
    }

    /** @param dumpable whether who has the same user may look at it, without CAP_SYS_PTRACE (PR_SET_DUMPABLE of prctl(2)) */
    static byte[] of(Arch arch, boolean dumpable) {
        byte[] code = code(Machine.of(arch), dumpable);
        ByteBuffer out = ByteBuffer.allocate(CODE + code.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0); // 64 bits, little endian, version 1, System V
        out.putShort(ET_EXEC).putShort(arch == Arch.X86_64 ? EM_X86_64 : EM_AARCH64).putInt(1);
        out.putLong(ADDRESS + CODE).putLong(ELF_HEADER).putLong(0).putInt(0); // entry, program headers, no sections, no flags
        out.putShort((short) ELF_HEADER).putShort((short) PROGRAM_HEADER).putShort((short) PROGRAM_HEADERS);
        out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        out.putInt(PT_LOAD).putInt(READ_EXECUTE).putLong(0).putLong(ADDRESS).putLong(ADDRESS);
        out.putLong(CODE + code.length).putLong(CODE + code.length).putLong(ALIGNMENT);
        out.putInt(PT_GNU_STACK).putInt(READ_WRITE).put(new byte[PROGRAM_HEADER - 2 * Integer.BYTES]); // or the kernel makes it executable
        return out.put(code).array();
    }

    private static byte[] code(Machine machine, boolean dumpable) {
        if (!dumpable) {
            machine.call(Sys.PRCTL, ProcessFlags.PR_SET_DUMPABLE, 0);
        }
        machine.call(Sys.PRCTL, ProcessFlags.PR_SET_SECCOMP, ProcessFlags.SECCOMP_MODE_STRICT);
        machine.call(Sys.WRITE, 1, Machine.STACK, 1);
        int again = machine.here();
        machine.call(Sys.READ, 0, Machine.STACK, 1);
        machine.backWherePositive(again);
        machine.call(Sys.EXIT, 0);
        return machine.code.toByteArray();
    }
}
