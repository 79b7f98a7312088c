package io.carafe.runtime.seccomp.bpf;

import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.JUMP;
import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.LOAD;
import static io.carafe.linux.abi.SeccompFlags.ClassicBpf.RETURN;

import io.carafe.linux.abi.Struct.SockFilter;
import java.util.Arrays;

/**
 * Instructions, written from the last to the first: jumps only lead forward, so where one leads is always known.
 *
 * <p>A label is the number of instructions that follow its own. A conditional jump reaches over 255 instructions; where that is not
 * enough, a copy of the return or a jump is put within its reach.
 */
final class Program {

    private static final int FIRST_CAPACITY = 512;
    private static final int REACH = 255;
    private static final long LOW = 0xffffffffL;

    /** Filled from its end. */
    private long[] code = new long[FIRST_CAPACITY];
    private int size;
    /** The newest return of each value, few enough to be looked through. */
    private int[] returned = new int[8];
    private int[] returnLabels = new int[8];
    private int returns;

    int size() {
        return size;
    }

    /** All of it, for seccomp(2): {@link SockFilter}. */
    long[] instructions() {
        return Arrays.copyOfRange(code, code.length - size, code.length);
    }

    /** @return the label of a return of a value, within reach for some time */
    int ret(int value) {
        for (int i = 0; i < returns; i++) {
            if (returned[i] == value) {
                if (size - returnLabels[i] > REACH / 2) {
                    returnLabels[i] = write(RETURN, 0, 0, value);
                }
                return returnLabels[i];
            }
        }
        if (returns == returned.length) {
            returned = Arrays.copyOf(returned, 2 * returns);
            returnLabels = Arrays.copyOf(returnLabels, 2 * returns);
        }
        returned[returns] = value;
        returnLabels[returns] = write(RETURN, 0, 0, value);
        return returnLabels[returns++];
    }

    /** Loads a word of struct seccomp_data and goes on at a label. */
    int load(int offset, int next) {
        return thenGoOn(LOAD, offset, next);
    }

    /** Any instruction that does not jump, and goes on at a label. */
    int thenGoOn(int opcode, int operand, int next) {
        if (next != size - 1) {
            write(JUMP, 0, 0, size - next - 1);
        }
        return write(opcode, 0, 0, operand);
    }

    int jumpIf(int opcode, int operand, int whenTrue, int whenFalse) {
        if (whenTrue == whenFalse) {
            return whenTrue;
        }
        // One less for the first: bringing the second within reach may put an instruction in between.
        int nearTrue = within(REACH - 1, whenTrue);
        int nearFalse = within(REACH, whenFalse);
        return write(opcode, size - nearTrue - 1, size - nearFalse - 1, operand);
    }

    private int within(int reach, int label) {
        if (size - label - 1 <= reach) {
            return label;
        }
        long target = code[code.length - 1 - label];
        return (target & 0xffff) == RETURN ? write(target) : write(JUMP, 0, 0, size - label - 1);
    }

    private int write(int opcode, int jumpTrue, int jumpFalse, int operand) {
        return write(opcode | (long) jumpTrue << SockFilter.JT_SHIFT | (long) jumpFalse << SockFilter.JF_SHIFT
                | (operand & LOW) << SockFilter.K_SHIFT);
    }

    private int write(long instruction) {
        if (size == code.length) {
            long[] longer = new long[2 * size];
            System.arraycopy(code, 0, longer, size, size);
            code = longer;
        }
        code[code.length - 1 - size] = instruction;
        return size++;
    }
}
