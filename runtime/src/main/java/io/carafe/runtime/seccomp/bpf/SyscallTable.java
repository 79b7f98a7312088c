package io.carafe.runtime.seccomp.bpf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of system calls with their numbers on each {@link Abi}, read from {@code syscalls.txt} while the image is built.
 *
 * <p>For each ABI the numbers stand in ascending order; a place in that order is a <em>slot</em>. What a profile says about a name
 * goes into the slots of the name, so nothing is sorted when a profile is compiled.
 */
final class SyscallTable {

    private static final String RESOURCE = "syscalls.txt";
    private static final String ABSENT = "-";

    /** By name: slot for each ABI, then {@link #MULTIPLEXER}, then {@link #SUBCALL}; -1 where there is none. */
    private static final Map<String, short[]> SLOTS = new HashMap<>(2048);
    static final short[] UNKNOWN = {};
    private static final int[][] NUMBERS = new int[Abi.count()][];

    /** In a name's slots: the slot on {@link Abi#X86} of socketcall(2) or ipc(2), by which the call is reached as well. */
    static final int MULTIPLEXER = Abi.count();
    /** In a name's slots: the first argument of the multiplexer that means this call. */
    static final int SUBCALL = Abi.count() + 1;

    static {
        List<String[]> rows = rows();
        for (String[] row : rows) {
            short[] slots = new short[Abi.count() + 2];
            Arrays.fill(slots, (short) -1);
            SLOTS.put(row[0], slots);
        }
        for (int abi = 0; abi < Abi.count(); abi++) {
            number(abi, rows);
        }
        for (String[] row : rows) {
            int dot = row[1 + MULTIPLEXER].indexOf('.');
            if (dot > 0) {
                short[] slots = SLOTS.get(row[0]);
                slots[MULTIPLEXER] = SLOTS.get(row[1 + MULTIPLEXER].substring(0, dot))[Abi.X86.ordinal()];
                slots[SUBCALL] = Short.parseShort(row[1 + MULTIPLEXER].substring(dot + 1));
            }
        }
    }

    private SyscallTable() {
    }

    private static List<String[]> rows() {
        List<String[]> rows = new ArrayList<>(512);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                SyscallTable.class.getResourceAsStream(RESOURCE), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    rows.add(line.split(" +"));
                }
            }
            return rows;
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static void number(int abi, List<String[]> rows) {
        List<String[]> present = new ArrayList<>(rows);
        present.removeIf(row -> row[1 + abi].equals(ABSENT));
        present.sort((a, b) -> Integer.compare(Integer.parseInt(a[1 + abi]), Integer.parseInt(b[1 + abi])));
        NUMBERS[abi] = new int[present.size()];
        int last = -1;
        for (String[] row : present) {
            int number = Integer.parseInt(row[1 + abi]);
            // Two names of one call share a slot.
            last += last >= 0 && NUMBERS[abi][last] == number ? 0 : 1;
            NUMBERS[abi][last] = number;
            SLOTS.get(row[0])[abi] = (short) last;
        }
        NUMBERS[abi] = Arrays.copyOf(NUMBERS[abi], last + 1);
    }

    /** The slots of a name, as {@link #SLOTS} has them; {@link #UNKNOWN} for a name that no machine has. */
    static short[] slots(String name) {
        return SLOTS.getOrDefault(name, UNKNOWN);
    }

    /** The numbers of an ABI, by slot. */
    static int[] numbers(Abi abi) {
        return NUMBERS[abi.ordinal()];
    }

    static Iterable<String> names() {
        return SLOTS.keySet();
    }
}
