package io.carafe.runtime.cli.words;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The words after the program's name, understood: a verb, its arguments, the values of flags in the order given (those
 * of a switch are {@code true} or {@code false}). A flag with an empty value is not there.
 *
 * @param verb empty for {@code carafe --version} and the like
 */
public record CommandLine(Optional<Verb> verb, List<String> arguments, Map<Flag, List<String>> flags) {

    /** The flags before the verb, as far as they are understood: for who has to log that the rest is not. */
    public static CommandLine global(String[] words) {
        Map<Flag, List<String>> flags = new EnumMap<>(Flag.class);
        try {
            flags(words, 0, Verb.GLOBAL, flags, "");
        } catch (UsageException toldByOf) {
            return new CommandLine(Optional.empty(), List.of(), flags);
        }
        return new CommandLine(Optional.empty(), List.of(), flags);
    }

    /** Reads words. @throws UsageException when they are not understood */
    public static CommandLine of(String[] words) {
        Map<Flag, List<String>> flags = new EnumMap<>(Flag.class);
        List<String> arguments = new ArrayList<>();
        int at = flags(words, 0, Verb.GLOBAL, flags, "");
        if (at == words.length) {
            return new CommandLine(Optional.empty(), arguments, flags);
        }
        String name = words[at++];
        Verb verb = Verb.named(name).orElseThrow(() -> new UsageException("unknown command \"" + name + "\"; see carafe --help"));
        List<Flag> known = new ArrayList<>(verb.flags);
        known.add(Flag.HELP);
        boolean onlyArguments = false;
        while (at < words.length) {
            onlyArguments |= verb.hasCommand() && !arguments.isEmpty();
            int next = onlyArguments ? at : flags(words, at, known, flags, verb.text + " ");
            onlyArguments |= next > at && words[next - 1].equals("--");
            if (next < words.length) {
                arguments.add(words[next++]);
            }
            at = next;
        }
        CommandLine line = new CommandLine(Optional.of(verb), arguments, flags);
        if (!line.has(Flag.HELP)) {
            line.checkArguments(verb);
        }
        return line;
    }

    private void checkArguments(Verb verb) {
        if (arguments.size() < verb.requiredArguments() || arguments.size() > verb.allowedArguments()) {
            throw new UsageException("usage: carafe " + verb.text + " [flags] " + verb.arguments + "; see carafe " + verb.text + " --help");
        }
    }

    /** Reads flags up to the first word that is none, or behind {@code --}. @return the place of what follows */
    private static int flags(String[] words, int from, List<Flag> known, Map<Flag, List<String>> into, String command) {
        int at = from;
        while (at < words.length && words[at].startsWith("-") && words[at].length() > 1) {
            String word = words[at++];
            if (word.equals("--")) {
                return at;
            }
            String name = word.substring(word.startsWith("--") ? 2 : 1);
            int equals = name.indexOf('=');
            String value = equals < 0 ? "" : name.substring(equals + 1);
            String plain = equals < 0 ? name : name.substring(0, equals);
            Flag flag = Flag.among(known, plain).orElseThrow(() ->
                    new UsageException("unknown flag " + word + "; see carafe " + command + "--help"));
            if (flag.isSwitch()) {
                value = equals < 0 ? "true" : onOrOff(flag, value);
            } else if (equals < 0 && flag.mayStandAlone()) {
                value = at < words.length && flag.choices().contains(words[at]) ? words[at++] : "true";
            } else if (equals < 0) {
                if (at == words.length) {
                    throw new UsageException("--" + flag.name + ": expected " + flag.argument + ", found nothing");
                }
                value = words[at++];
            }
            if (!value.isEmpty() && !flag.choices().isEmpty() && !flag.choices().contains(value)) {
                throw new UsageException("--" + flag.name + ": expected " + String.join(" or ", flag.choices()) + ", found \"" + value + '"');
            }
            // As with Go's programs, whose callers hand on what they have: an empty word is what a flag has that is not given.
            if (value.isEmpty()) {
                continue;
            }
            into.computeIfAbsent(flag, absent -> new ArrayList<>(1)).add(value);
        }
        return at;
    }

    private static String onOrOff(Flag flag, String value) {
        return switch (value) {
            case "true", "1" -> "true";
            case "false", "0" -> "false";
            default -> throw new UsageException("--" + flag.name + ": expected true or false, found \"" + value + '"');
        };
    }

    /** Whether a switch is on. */
    public boolean has(Flag flag) {
        return value(flag).equals(Optional.of("true"));
    }

    /** The last, of a flag that was given more than once. */
    public Optional<String> value(Flag flag) {
        List<String> values = values(flag);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(values.size() - 1));
    }

    /** Of a flag that may be given again, in order. */
    public List<String> values(Flag flag) {
        return flags.getOrDefault(flag, List.of());
    }
}
