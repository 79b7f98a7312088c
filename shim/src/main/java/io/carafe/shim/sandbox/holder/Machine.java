package io.carafe.shim.sandbox.holder;

import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.Sys;
import java.io.ByteArrayOutputStream;

/** Writes the few instructions that {@link HolderProgram} is made of. */
abstract class Machine {

    /** As an argument: the address that the stack pointer has, where a byte may be written. */
    static final int STACK = -1;

    final ByteArrayOutputStream code = new ByteArrayOutputStream(128);
    private final Arch arch;

    private Machine(Arch arch) {
        this.arch = arch;
    }

    static Machine of(Arch arch) {
        return arch == Arch.X86_64 ? new X86() : new Arm();
    }

    /** A system call. @param arguments up to three numbers, or {@link #STACK} */
    void call(Sys call, int... arguments) {
        number(call.number(arch));
        for (int i = 0; i < arguments.length; i++) {
            argument(i, arguments[i]);
        }
        enter();
    }

    int here() {
        return code.size();
    }

    /** Goes to a place before, where the last call has returned more than 0. */
    abstract void backWherePositive(int place);

    abstract void number(int call);

    abstract void argument(int index, int value);

    abstract void enter();

    void word(int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            code.write(value >>> shift);
        }
    }

    /** Intel's manual, volume 2: opcodes; syscall(2): the registers. */
    private static final class X86 extends Machine {

        /** mov edi, esi, edx, imm32. */
        private static final int[] MOVE = {0xbf, 0xbe, 0xba};
        /** mov rdi, rsi, rdx, rsp: the last byte. */
        private static final int[] FROM_STACK = {0xe7, 0xe6, 0xe2};

        X86() {
            super(Arch.X86_64);
        }

        private void bytes(int... bytes) {
            for (int b : bytes) {
                code.write(b);
            }
        }

        @Override
        void number(int call) {
            bytes(0xb8); // mov eax, imm32
            word(call);
        }

        @Override
        void argument(int index, int value) {
            if (value == STACK) {
                bytes(0x48, 0x89, FROM_STACK[index]);
            } else {
                bytes(MOVE[index]);
                word(value);
            }
        }

        @Override
        void enter() {
            bytes(0x0f, 0x05); // syscall
        }

        @Override
        void backWherePositive(int place) {
            bytes(0x48, 0x85, 0xc0); // test rax, rax
            bytes(0x7f, place - (here() + 2)); // jg rel8, counted from behind it
        }
    }

    /** The Arm Architecture Reference Manual, C6: encodings; syscall(2): the registers. */
    private static final class Arm extends Machine {

        private static final int MOVZ_X = 0xd2800000;
        private static final int IMMEDIATE_SHIFT = 5;
        private static final int NUMBER_REGISTER = 8;

        Arm() {
            super(Arch.AARCH64);
        }

        @Override
        void number(int call) {
            argument(NUMBER_REGISTER, call);
        }

        @Override
        void argument(int index, int value) {
            word(value == STACK ? 0x910003e0 | index : MOVZ_X | value << IMMEDIATE_SHIFT | index); // add xN, sp, #0; movz xN, #value
        }

        @Override
        void enter() {
            word(0xd4000001); // svc #0
        }

        @Override
        void backWherePositive(int place) {
            word(0xf100001f); // cmp x0, #0
            word(0x5400000c | ((place - here()) / Integer.BYTES & 0x7ffff) << IMMEDIATE_SHIFT); // b.gt, counted from itself
        }
    }
}
