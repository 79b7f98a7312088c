package io.carafe.conmon.words;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command line, read as GOption does: {@code --name value}, {@code --name=value}, {@code -n value}, letters of switches together, and
 * {@code --}, behind which nothing is an option. What is none is passed over, as the 1 of podman's {@code --api-version 1}.
 */
public record Words(Map<Option, List<String>> values) {

    /** @throws OptionException for a word that begins with a dash and is no option; for a value that is missing or no number */
    public static Words of(List<String> args) {
        Map<Option, List<String>> values = new EnumMap<>(Option.class);
        int next = 0;
        while (next < args.size() && !args.get(next).equals("--")) {
            String word = args.get(next);
            next++;
            if (word.startsWith("--")) {
                next = longOption(word, args, next, values);
            } else if (word.startsWith("-") && word.length() > 1) {
                next = letters(word, args, next, values);
            }
        }
        return new Words(values);
    }

    private static int longOption(String word, List<String> args, int next, Map<Option, List<String>> values) {
        int equals = word.indexOf('=');
        Option option = Option.named(word.substring(2, equals < 0 ? word.length() : equals))
                .filter(named -> equals < 0 || named.hasValue())
                .orElseThrow(() -> new OptionException("Unknown option " + word));
        if (!option.hasValue()) {
            put(values, option, "");
            return next;
        }
        String value = equals >= 0 ? word.substring(equals + 1) : following(args, next, "--" + option.text);
        put(values, option, checked(option, value, "--" + option.text));
        return equals >= 0 ? next : next + 1;
    }

    /** Only one of them may have a value, the word behind. */
    private static int letters(String word, List<String> args, int next, Map<Option, List<String>> values) {
        int after = next;
        for (int i = 1; i < word.length(); i++) {
            String shown = "-" + word.charAt(i);
            Option option = Option.lettered(word.charAt(i)).orElseThrow(() -> new OptionException("Unknown option " + word));
            if (!option.hasValue()) {
                put(values, option, "");
            } else if (after > next) {
                throw new OptionException("Error parsing option " + shown);
            } else {
                put(values, option, checked(option, following(args, next, shown), shown));
                after = next + 1;
            }
        }
        return after;
    }

    private static String following(List<String> args, int next, String shown) {
        if (next >= args.size()) {
            throw new OptionException("Missing argument for " + shown);
        }
        return args.get(next);
    }

    private static String checked(Option option, String value, String shown) {
        if (option.kind == Option.Kind.NUMBER) {
            long number = number(value, shown);
            if (number != (int) number) {
                throw new OptionException("Integer value “" + value + "” for " + shown + " out of range");
            }
        } else if (option.kind == Option.Kind.LONG) {
            number(value, shown);
        }
        return value;
    }

    /** As strtoll(3) reads one with base 0. */
    private static long number(String value, String shown) {
        try {
            return Long.decode(value);
        } catch (NumberFormatException e) {
            throw new OptionException("Cannot parse integer value “" + value + "” for " + shown);
        }
    }

    private static void put(Map<Option, List<String>> values, Option option, String value) {
        List<String> all = values.computeIfAbsent(option, absent -> new ArrayList<>(1));
        if (option.kind != Option.Kind.TEXTS) {
            all.clear();
        }
        all.add(value);
    }

    public boolean has(Option option) {
        return values.containsKey(option);
    }

    public Optional<String> value(Option option) {
        return Optional.ofNullable(values.get(option)).map(all -> all.get(0));
    }

    /** In the order in which they were given. */
    public List<String> all(Option option) {
        return values.getOrDefault(option, List.of());
    }

    public long number(Option option, long otherwise) {
        return value(option).map(Long::decode).orElse(otherwise);
    }
}
