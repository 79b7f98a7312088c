package io.carafe.runtime.seccomp;

import io.carafe.linux.abi.SeccompFlags.ClassicBpf;
import io.carafe.linux.abi.SeccompFlags;
import java.util.Arrays;

/** Runs a seccomp filter on a call as the kernel would, and refuses what the kernel refuses (seccomp_check_filter, bpf_check_classic). */
public final class BpfInterpreter {

    private static final int LOAD = ClassicBpf.LOAD;
    private static final int AND = ClassicBpf.AND;
    private static final int JUMP = ClassicBpf.JUMP;
    private static final int JEQ = ClassicBpf.JUMP_IF_EQUAL;
    private static final int JGT = ClassicBpf.JUMP_IF_GREATER;
    private static final int JGE = ClassicBpf.JUMP_IF_GREATER_OR_EQUAL;
    private static final int JSET = ClassicBpf.JUMP_IF_SET;
    private static final int RETURN = ClassicBpf.RETURN;

    private final long[] program;

    /** @throws IllegalArgumentException for a program that the kernel refuses */
    public BpfInterpreter(long[] program) {
        this.program = program;
        check();
    }

    /** struct seccomp_data without the instruction pointer; arguments that are not given are 0. */
    public record Call(int arch, int nr, long... args) {

        @Override
        public String toString() {
            return "arch " + Integer.toHexString(arch) + " number " + Integer.toHexString(nr) + " " + Arrays.toString(args);
        }

        private int word(int offset) {
            if (offset < 8) {
                return offset == 0 ? nr : arch;
            }
            int index = (offset - SeccompFlags.DATA_ARGS) / Long.BYTES;
            long arg = index < 0 || index >= args.length ? 0 : args[index];
            return (int) (offset % 8 == 0 ? arg : arg >>> 32);
        }
    }

    /**
     * @param value SECCOMP_RET_…
     * @param steps how many instructions were run
     * @param constant whether no argument was looked at: then the kernel knows the answer when it gets the filter
     */
    public record Result(int value, int steps, boolean constant) {
    }

    private void check() {
        if (program.length == 0 || program.length > ClassicBpf.BPF_MAXINSNS) {
            throw new IllegalArgumentException(program.length + " instructions");
        }
        for (int pc = 0; pc < program.length; pc++) {
            long rest = program.length - pc - 1L;
            boolean valid = switch (opcode(pc)) {
                case LOAD -> rest > 0 && operand(pc) >= 0 && operand(pc) < 64 && operand(pc) % 4 == 0;
                case AND -> rest > 0;
                case JUMP -> Integer.toUnsignedLong(operand(pc)) < rest;
                case JEQ, JGT, JGE, JSET -> jump(pc, true) < rest && jump(pc, false) < rest;
                case RETURN -> true;
                default -> false;
            };
            if (!valid) {
                throw new IllegalArgumentException("instruction " + pc + " of " + program.length + ": " + Long.toHexString(program[pc]));
            }
        }
    }

    /** @return SECCOMP_RET_… */
    public int value(Call call) {
        return run(call).value;
    }

    public Result run(Call call) {
        int a = 0;
        boolean constant = true;
        int pc = 0;
        for (int steps = 1;; steps++, pc++) {
            int k = operand(pc);
            switch (opcode(pc)) {
                case LOAD -> {
                    a = call.word(k);
                    constant &= k < 8;
                }
                case AND -> a &= k;
                case JUMP -> pc += k;
                case JEQ -> pc += jump(pc, a == k);
                case JGT -> pc += jump(pc, Integer.compareUnsigned(a, k) > 0);
                case JGE -> pc += jump(pc, Integer.compareUnsigned(a, k) >= 0);
                case JSET -> pc += jump(pc, (a & k) != 0);
                default -> {
                    return new Result(k, steps, constant);
                }
            }
        }
    }

    private int opcode(int pc) {
        return (int) (program[pc] & 0xffff);
    }

    private int jump(int pc, boolean condition) {
        return (int) (program[pc] >>> (condition ? 16 : 24) & 0xff);
    }

    private int operand(int pc) {
        return (int) (program[pc] >>> 32);
    }
}
