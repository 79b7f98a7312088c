package io.carafe.conmon.control;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.function.Consumer;

/** Lines of some numbers each, from what comes in pieces. A line of other things, or one that is too long, is told and passed over. */
final class NumberLines {

    private static final int LONGEST = 199;

    private final int count;
    private final Consumer<List<Integer>> line;
    private final Consumer<String> wrong;
    private final StringBuilder begun = new StringBuilder();
    private boolean tooLong;

    NumberLines(int count, Consumer<List<Integer>> line, Consumer<String> wrong) {
        this.count = count;
        this.line = line;
        this.wrong = wrong;
    }

    void add(byte[] bytes, int length) {
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) == '\n') {
                end();
            } else if (begun.length() < LONGEST) {
                begun.append(text.charAt(i));
            } else {
                tooLong = true;
            }
        }
    }

    private void end() {
        String text = begun.toString();
        boolean cut = tooLong;
        begun.setLength(0);
        tooLong = false;
        List<Integer> numbers = new ArrayList<>(count);
        StringTokenizer words = new StringTokenizer(text);
        try {
            while (words.hasMoreTokens() && numbers.size() < count) {
                numbers.add(Integer.parseInt(words.nextToken()));
            }
        } catch (NumberFormatException e) {
            numbers.clear();
        }
        if (cut || numbers.size() < count) {
            wrong.accept(text);
        } else {
            line.accept(numbers);
        }
    }
}
