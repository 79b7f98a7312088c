package io.carafe.runtime.cgroup.device;

import static io.carafe.linux.abi.BpfProgram.AND;
import static io.carafe.linux.abi.BpfProgram.BPF_DEVCG_DEV_BLOCK;
import static io.carafe.linux.abi.BpfProgram.BPF_DEVCG_DEV_CHAR;
import static io.carafe.linux.abi.BpfProgram.CTX_ACCESS_TYPE;
import static io.carafe.linux.abi.BpfProgram.CTX_MAJOR;
import static io.carafe.linux.abi.BpfProgram.CTX_MINOR;
import static io.carafe.linux.abi.BpfProgram.EXIT;
import static io.carafe.linux.abi.BpfProgram.JUMP;
import static io.carafe.linux.abi.BpfProgram.JUMP_IF_NOT_EQUAL;
import static io.carafe.linux.abi.BpfProgram.JUMP_IF_SET;
import static io.carafe.linux.abi.BpfProgram.LOAD_WORD;
import static io.carafe.linux.abi.BpfProgram.MOVE;
import static io.carafe.linux.abi.BpfProgram.SHIFT_RIGHT;

import io.carafe.linux.abi.Struct.BpfInstruction;
import java.util.ArrayList;
import java.util.List;

/**
 * Device rules as a program for a cgroup2 directory (BPF_PROG_TYPE_CGROUP_DEVICE, Linux 4.15), which answers 1 or 0.
 *
 * <p>The rules are asked from the last to the first. A rule that allows takes its accesses from those asked for, and when none is
 * left the answer is yes; a rule that denies one of those left ends it with no. So each access goes by the last rule about it.
 *
 * <pre>
 * r1 the context   r2 kind of device   r3 accesses not decided yet   r4 major   r5 minor
 * </pre>
 */
public record DeviceProgram(List<Instruction> instructions) {

    private static final int R0 = 0;
    private static final int CONTEXT = 1;
    private static final int KIND = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;

    public DeviceProgram {
        instructions = List.copyOf(instructions);
    }

    /** struct bpf_insn. Jumps count from the instruction after them. */
    public record Instruction(int opcode, int destination, int source, int offset, int immediate) {

        private static Instruction load(int destination, int offset) {
            return new Instruction(LOAD_WORD, destination, CONTEXT, offset, 0);
        }

        private static Instruction with(int opcode, int destination, int immediate) {
            return new Instruction(opcode, destination, 0, 0, immediate);
        }

        private static Instruction jump(int opcode, int destination, int immediate, int offset) {
            return new Instruction(opcode, destination, 0, offset, immediate);
        }
    }

    public static DeviceProgram of(DeviceRules rules) {
        List<Instruction> program = new ArrayList<>(8 + 8 * rules.rules().size());
        program.add(Instruction.load(KIND, CTX_ACCESS_TYPE));
        program.add(Instruction.with(AND, KIND, 0xffff));
        program.add(Instruction.load(ACCESS, CTX_ACCESS_TYPE));
        program.add(Instruction.with(SHIFT_RIGHT, ACCESS, 16));
        program.add(Instruction.load(MAJOR, CTX_MAJOR));
        program.add(Instruction.load(MINOR, CTX_MINOR));
        boolean decided = false;
        for (int i = rules.rules().size() - 1; i >= 0 && !decided; i--) {
            add(program, rules.rules().get(i));
            // The verifier refuses what can never be reached.
            decided = rules.rules().get(i).isAboutEverything();
        }
        if (!decided) {
            answer(program, false);
        }
        return new DeviceProgram(program);
    }

    private static void add(List<Instruction> program, DeviceRules.Rule rule) {
        List<Instruction> verdict = verdict(rule);
        List<Instruction> tests = new ArrayList<>(3);
        int rest = verdict.size();
        if (rule.minor() >= 0) {
            tests.add(0, Instruction.jump(JUMP_IF_NOT_EQUAL, MINOR, (int) rule.minor(), rest++));
        }
        if (rule.major() >= 0) {
            tests.add(0, Instruction.jump(JUMP_IF_NOT_EQUAL, MAJOR, (int) rule.major(), rest++));
        }
        if (rule.type() != 'a') {
            tests.add(0, Instruction.jump(JUMP_IF_NOT_EQUAL, KIND,
                    rule.type() == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR, rest));
        }
        program.addAll(tests);
        program.addAll(verdict);
    }

    private static List<Instruction> verdict(DeviceRules.Rule rule) {
        List<Instruction> verdict = new ArrayList<>(4);
        if (rule.access() != DeviceRules.ALL_ACCESS) {
            if (rule.allow()) {
                verdict.add(Instruction.with(AND, ACCESS, ~rule.access()));
                verdict.add(Instruction.jump(JUMP_IF_NOT_EQUAL, ACCESS, 0, 2));
            } else {
                verdict.add(Instruction.jump(JUMP_IF_SET, ACCESS, rule.access(), 1));
                verdict.add(Instruction.jump(JUMP, 0, 0, 2));
            }
        }
        answer(verdict, rule.allow());
        return verdict;
    }

    private static void answer(List<Instruction> program, boolean allow) {
        program.add(Instruction.with(MOVE, R0, allow ? 1 : 0));
        program.add(Instruction.with(EXIT, 0, 0));
    }

    /** The instructions as the kernel takes them, in the byte order of x86_64 and aarch64, which is little-endian on both. */
    public byte[] bytes() {
        byte[] bytes = new byte[instructions.size() * BpfInstruction.SIZE];
        int at = 0;
        for (Instruction instruction : instructions) {
            bytes[at + BpfInstruction.OPCODE] = (byte) instruction.opcode;
            bytes[at + BpfInstruction.REGISTERS] = (byte) (instruction.source << 4 | instruction.destination);
            bytes[at + BpfInstruction.OFFSET] = (byte) instruction.offset;
            bytes[at + BpfInstruction.OFFSET + 1] = (byte) (instruction.offset >> 8);
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes[at + BpfInstruction.IMMEDIATE + i] = (byte) (instruction.immediate >> 8 * i);
            }
            at += BpfInstruction.SIZE;
        }
        return bytes;
    }
}
