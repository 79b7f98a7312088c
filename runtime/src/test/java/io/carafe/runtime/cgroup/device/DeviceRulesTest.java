package io.carafe.runtime.cgroup.device;

import static io.carafe.linux.abi.BpfProgram.AND;
import static io.carafe.linux.abi.BpfProgram.EXIT;
import static io.carafe.linux.abi.BpfProgram.JUMP;
import static io.carafe.linux.abi.BpfProgram.JUMP_IF_NOT_EQUAL;
import static io.carafe.linux.abi.BpfProgram.JUMP_IF_SET;
import static io.carafe.linux.abi.BpfProgram.LOAD_WORD;
import static io.carafe.linux.abi.BpfProgram.MOVE;
import static io.carafe.linux.abi.BpfProgram.SHIFT_RIGHT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.DeviceCgroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Device rules in the words of v1, and as a program whose answers are compared with the rules themselves. */
public class DeviceRulesTest {

    private static final List<String> DEFAULT = List.of("c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm",
            "c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm", "c 10:200 rwm");

    /** {@code +c 1:3 rw} allows, {@code -} denies; several are separated by semicolons. */
    public static List<DeviceCgroup> configured(String rules) {
        List<DeviceCgroup> configured = new ArrayList<>();
        for (String rule : rules.split(";")) {
            String[] words = rule.strip().substring(1).split("[ :]");
            if (!rule.isBlank()) {
                configured.add(new DeviceCgroup(rule.strip().charAt(0) == '+', Arrays.stream(DeviceCgroup.Type.values())
                        .filter(type -> type.text().equals(words[0])).findFirst(),
                        number(words[1]), number(words[2]), Optional.of(words[3])));
            }
        }
        return configured;
    }

    private static OptionalLong number(String word) {
        return word.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(word));
    }

    private static List<String> exceptions(String rules) {
        return DeviceRules.of(configured(rules)).exceptions().stream().map(DeviceRules.Rule::text).collect(Collectors.toList());
    }

    @Test
    void without_rules_only_the_standard_devices_are_allowed() {
        DeviceRules rules = DeviceRules.of(List.of());
        assertEquals(DEFAULT, rules.exceptions().stream().map(DeviceRules.Rule::text).collect(Collectors.toList()));
        assertEquals(false, rules.allowByDefault());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "-a *:* rwm,                            ''",
        "-a *:* rwm; +c 10:229 rw,              c 10:229 rw",
        "+b 8:0 r; -a *:* rwm,                  ''",
        "+b 8:0 r; +b 8:0 w,                    b 8:0 rw",
        "+b 8:0 rw; -b 8:0 w,                   b 8:0 r",
        "+b 8:0 rw; -b 8:* rw,                  ''",
        "+b 8:0 rw; -b 9:* rw,                  b 8:0 rw",
        "+a 8:0 r,                              c 8:0 r|b 8:0 r",
    })
    void on_v1_rules_become_exceptions_without_an_order(String rules, String kept) {
        List<String> expected = kept.isEmpty() ? new ArrayList<>() : new ArrayList<>(List.of(kept.split("\\|")));
        expected.addAll(DEFAULT);
        assertEquals(expected, exceptions(rules));
    }

    @Test
    void a_privileged_container_is_not_restricted() {
        DeviceRules rules = DeviceRules.of(configured("-a *:* rwm; +a *:* rwm"));
        assertTrue(rules.allowByDefault());
        assertTrue(rules.allowEverything());
    }

    @Test
    void where_all_is_allowed_the_exceptions_are_what_is_denied() {
        assertEquals(List.of("b 8:0 w"), exceptions("+a *:* rwm; -b 8:0 w"));
        // The default list allows null again.
        assertEquals(List.of(), exceptions("+a *:* rwm; -c 1:3 rwm"));
    }

    @Test
    void a_hole_in_a_wider_rule_cannot_be_had_on_v1() {
        DeviceRules rules = DeviceRules.of(configured("+b 8:* rw; -b 8:1 w"));
        assertEquals("linux.resources.devices: cgroup v1 cannot deny b 8:1 w after b 8:* rw",
                assertThrows(SpecException.class, rules::exceptions).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"1, x, linux.resources.devices[0].access", "1, '', linux.resources.devices[0].access",
        "-2, r, linux.resources.devices[0].major", "4294967296, r, linux.resources.devices[0].major"})
    void a_rule_that_makes_no_sense_is_refused_by_its_place(long major, String access, String path) {
        DeviceCgroup rule = new DeviceCgroup(true, Optional.of(DeviceCgroup.Type.CHARACTER), OptionalLong.of(major),
                OptionalLong.of(0), Optional.of(access));
        assertEquals(path, assertThrows(SpecException.class, () -> DeviceRules.of(List.of(rule))).path());
    }

    private static DeviceProgram.Instruction op(int code, int register, int source, int offset, int immediate) {
        return new DeviceProgram.Instruction(code, register, source, offset, immediate);
    }

    @Test
    void a_program_asks_the_last_rule_first() {
        DeviceRules rules = new DeviceRules(List.of(new DeviceRules.Rule(false, 'a', -1, -1, 7),
                new DeviceRules.Rule(false, 'b', 8, -1, 4), new DeviceRules.Rule(true, 'c', 1, 3, 6)));
        assertEquals(List.of(
                op(LOAD_WORD, 2, 1, 0, 0), op(AND, 2, 0, 0, 0xffff), op(LOAD_WORD, 3, 1, 0, 0), op(SHIFT_RIGHT, 3, 0, 0, 16),
                op(LOAD_WORD, 4, 1, 4, 0), op(LOAD_WORD, 5, 1, 8, 0),
                // allow c 1:3 rw: takes rw away, and is the answer when nothing is left
                op(JUMP_IF_NOT_EQUAL, 2, 0, 6, 2), op(JUMP_IF_NOT_EQUAL, 4, 0, 5, 1), op(JUMP_IF_NOT_EQUAL, 5, 0, 4, 3),
                op(AND, 3, 0, 0, ~6), op(JUMP_IF_NOT_EQUAL, 3, 0, 2, 0), op(MOVE, 0, 0, 0, 1), op(EXIT, 0, 0, 0, 0),
                // deny b 8:* w: is the answer when w is asked
                op(JUMP_IF_NOT_EQUAL, 2, 0, 5, 1), op(JUMP_IF_NOT_EQUAL, 4, 0, 4, 8),
                op(JUMP_IF_SET, 3, 0, 1, 4), op(JUMP, 0, 0, 2, 0), op(MOVE, 0, 0, 0, 0), op(EXIT, 0, 0, 0, 0),
                // deny all: ends it
                op(MOVE, 0, 0, 0, 0), op(EXIT, 0, 0, 0, 0)), DeviceProgram.of(rules).instructions());
    }

    @Test
    void an_instruction_is_eight_bytes() {
        DeviceProgram program = new DeviceProgram(List.of(op(JUMP_IF_NOT_EQUAL, 4, 1, 0x102, 0x0a0b0c0d)));
        assertArrayEquals(new byte[] {0x55, 0x14, 0x02, 0x01, 0x0d, 0x0c, 0x0b, 0x0a}, program.bytes());
    }

    /** What the rules say of one access bit: the last one about it. */
    private static boolean allowed(DeviceRules rules, char type, long major, long minor, int access) {
        for (int bit = 1; bit <= 4; bit <<= 1) {
            boolean verdict = (access & bit) == 0;
            for (DeviceRules.Rule rule : rules.rules()) {
                if ((access & bit & rule.access()) != 0 && (rule.type() == 'a' || rule.type() == type)
                        && (rule.major() == -1 || rule.major() == major) && (rule.minor() == -1 || rule.minor() == minor)) {
                    verdict = rule.allow();
                }
            }
            if (!verdict) {
                return false;
            }
        }
        return true;
    }

    /** Runs a program as the kernel does. */
    private static boolean run(DeviceProgram program, char type, int major, int minor, int access) {
        int[] context = {access << 16 | (type == 'b' ? 1 : 2), major, minor};
        long[] register = new long[6];
        for (int at = 0;; at++) {
            DeviceProgram.Instruction op = program.instructions().get(at);
            long left = register[op.destination()];
            switch (op.opcode()) {
                case LOAD_WORD -> register[op.destination()] = Integer.toUnsignedLong(context[op.offset() / 4]);
                case AND -> register[op.destination()] = left & Integer.toUnsignedLong(op.immediate());
                case SHIFT_RIGHT -> register[op.destination()] = left >>> op.immediate();
                case MOVE -> register[op.destination()] = op.immediate();
                case JUMP -> at += op.offset();
                case JUMP_IF_SET -> at += (left & op.immediate()) != 0 ? op.offset() : 0;
                case JUMP_IF_NOT_EQUAL -> at += left != op.immediate() ? op.offset() : 0;
                case EXIT -> {
                    return register[0] == 1;
                }
                default -> throw new AssertionError(op);
            }
        }
    }

    @Test
    void a_program_answers_as_the_rules_do() {
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            List<DeviceRules.Rule> list = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                list.add(new DeviceRules.Rule(random.nextBoolean(), "abc".charAt(random.nextInt(3)), random.nextInt(3) - 1,
                        random.nextInt(3) - 1, 1 + random.nextInt(7)));
            }
            DeviceRules rules = new DeviceRules(list);
            DeviceProgram program = DeviceProgram.of(rules);
            for (int question = 0; question < 2 * 2 * 2 * 8; question++) {
                char type = (question & 1) == 0 ? 'b' : 'c';
                int major = question >> 1 & 1;
                int minor = question >> 2 & 1;
                int access = question >> 3;
                if (access != 0) {
                    assertEquals(allowed(rules, type, major, minor, access), run(program, type, major, minor, access),
                            () -> type + " " + major + ":" + minor + " access " + access + " by " + list);
                }
            }
        }
    }

    @Test
    void more_rules_than_a_kernel_takes_in_a_moment_are_refused() {
        List<DeviceCgroup> rules = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            rules.addAll(configured("+c 5:" + i + " r"));
        }
        assertTrue(assertThrows(SpecException.class, () -> DeviceRules.of(rules)).getMessage().contains("at most 8192 rules, found 100000"));
        assertEquals(8192, DeviceRules.of(rules.subList(0, 8192)).rules().size() - DEFAULT.size());
    }
}
