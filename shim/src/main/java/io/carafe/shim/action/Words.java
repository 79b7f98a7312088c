package io.carafe.shim.action;

import io.carafe.shim.name.Identifier;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The command line, as Go's flag package reads one: {@code -name value}, {@code -name=value}, one dash or two; then the action. */
public record Words(Map<Flag, String> values, String action) {

    /** What containerd says to a shim. */
    public enum Flag {
        NAMESPACE("namespace", "NAME", "the namespace of containerd that the container is in"),
        ID("id", "ID", "the container, or the pod that the shim is for"),
        ADDRESS("address", "SOCKET", "containerd's own socket, by gRPC"),
        PUBLISH_BINARY("publish-binary", "PROGRAM", "the program that takes events where no service does (default: containerd)"),
        BUNDLE("bundle", "DIR", "the bundle of the container that delete is about"),
        SOCKET("socket", "ADDRESS", "the socket that the process that stays removes at its end"),
        LOG_LEVEL("log-level", "NUMBER", "what the log leaves out, as containerd 2.3 counts it: warnings with a number above 4"),
        DEBUG("debug", "", "accepted: the process that stays is called with it, too"),
        VERSION("v", "", "print the version, and end"),
        INFO("info", "", "print what this shim and its runtime know, as containerd reads it, and end");

        private final String text;
        /** Empty: it has none. */
        private final String argument;
        private final String help;

        Flag(String text, String argument, String help) {
            this.text = text;
            this.argument = argument;
            this.help = help;
        }

        /** As a page shows it: {@code -id ID}. */
        public String usage() {
            return "-" + text + (argument.isEmpty() ? "" : " " + argument);
        }

        /** One line for people. */
        public String help() {
            return help;
        }

        private boolean hasValue() {
            return !argument.isEmpty();
        }

        private static Optional<Flag> named(String text) {
            for (Flag flag : values()) {
                if (flag.text.equals(text)) {
                    return Optional.of(flag);
                }
            }
            return Optional.empty();
        }
    }

    /** @throws IllegalArgumentException for a word that is no flag */
    static Words of(String[] args) {
        Map<Flag, String> values = new EnumMap<>(Flag.class);
        for (int i = 0; i < args.length; i++) {
            if (!args[i].startsWith("-")) {
                return new Words(values, args[i]);
            }
            String word = args[i].substring(args[i].startsWith("--") ? 2 : 1);
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            Flag flag = Flag.named(name).orElseThrow(() -> new IllegalArgumentException("flag provided but not defined: -" + name));
            if (equals < 0 && flag.hasValue() && i + 1 == args.length) {
                throw new IllegalArgumentException("flag needs an argument: -" + name);
            }
            values.put(flag, equals >= 0 ? word.substring(equals + 1) : flag.hasValue() ? args[++i] : "true");
        }
        return new Words(values, "");
    }

    /** The same with what stands in others' words where these say nothing. */
    Words or(Bootstrap bootstrap) {
        Map<Flag, String> completed = new EnumMap<>(Flag.class);
        completed.putAll(values);
        completed.merge(Flag.ID, bootstrap.id(), Words::first);
        completed.merge(Flag.NAMESPACE, bootstrap.namespace(), Words::first);
        completed.merge(Flag.PUBLISH_BINARY, bootstrap.binary(), Words::first);
        completed.merge(Flag.ADDRESS, bootstrap.address(), Words::first);
        return new Words(completed, action);
    }

    private static String first(String said, String otherwise) {
        return said.isEmpty() ? otherwise : said;
    }

    boolean has(Flag flag) {
        return values.containsKey(flag) && !value(flag).equals("false");
    }

    /** Empty where it was not given. */
    String value(Flag flag) {
        return values.getOrDefault(flag, "");
    }

    /** 0 where it was not given. @throws IllegalArgumentException it is none */
    int number(Flag flag) {
        try {
            return value(flag).isEmpty() ? 0 : Integer.parseInt(value(flag));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-" + flag.text + ": expected a number, found \"" + value(flag) + '"', e);
        }
    }

    /**
     * The program that takes events where no service does: a name for PATH, or an absolute path. As containerd's own shim has it where none was
     * given.
     *
     * @throws IllegalArgumentException for a path that means another program to each of a shim's processes
     */
    String publishBinary() {
        String program = value(Flag.PUBLISH_BINARY);
        if (program.indexOf('/') > 0) {
            throw new IllegalArgumentException("-publish-binary: expected a name or an absolute path, found \"" + program + '"');
        }
        return program.isEmpty() ? "containerd" : program;
    }

    /** @throws IllegalArgumentException where it was not given, or is no id of containerd's */
    String identifier(Flag flag) {
        if (value(flag).isEmpty()) {
            throw new IllegalArgumentException("shim " + flag.text + " cannot be empty");
        }
        return Identifier.of("shim " + flag.text, value(flag));
    }
}
