package io.carafe.shim.message;

import java.util.HashMap;
import java.util.Map;

/**
 * {@link Options} as TOML: the section {@code options} of a runtime in containerd's configuration, which containerd hands on as it
 * is. Of TOML that takes keys with a string, a boolean or a number, a line each; keys that are not ours are passed over.
 */
final class TomlOptions {

    private final Map<String, String> values = new HashMap<>();

    private TomlOptions() {
    }

    /** @throws IllegalArgumentException for a line of another form, or a value of another type */
    static Options parse(String text) {
        TomlOptions toml = new TomlOptions();
        for (String line : text.split("\n")) {
            toml.add(line.strip());
        }
        return new Options(toml.flag("NoPivotRoot"), toml.flag("NoNewKeyring"), toml.text("ShimCgroup"), toml.number("IoUid"),
                toml.number("IoGid"), toml.text("BinaryName"), toml.text("Root"), toml.flag("SystemdCgroup"),
                toml.text("CriuImagePath"), toml.text("CriuWorkPath"));
    }

    private void add(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        int equals = line.indexOf('=');
        if (equals < 1 || line.startsWith("[")) {
            throw new IllegalArgumentException("options: expected KEY = VALUE, found " + line);
        }
        String key = line.substring(0, equals).strip();
        if (values.put(key, line.substring(equals + 1).strip()) != null) {
            throw new IllegalArgumentException("options: " + key + ": given twice");
        }
    }

    private boolean flag(String key) {
        String value = bare(values.getOrDefault(key, "false"));
        if (!value.equals("true") && !value.equals("false")) {
            throw wrong(key, "true or false");
        }
        return value.equals("true");
    }

    private int number(String key) {
        try {
            return Integer.parseUnsignedInt(bare(values.getOrDefault(key, "0")));
        } catch (NumberFormatException e) {
            throw wrong(key, "a number");
        }
    }

    private static String bare(String value) {
        int comment = value.indexOf('#');
        return comment < 0 ? value : value.substring(0, comment).strip();
    }

    /** In single quotes as it stands, in double ones with escapes. */
    private String text(String key) {
        String value = values.getOrDefault(key, "''");
        char quote = value.isEmpty() ? ' ' : value.charAt(0);
        StringBuilder text = new StringBuilder();
        int at = 1;
        while (at < value.length() && value.charAt(at) != quote) {
            boolean escape = quote == '"' && value.charAt(at) == '\\' && at + 1 < value.length();
            at += escape ? 1 : 0;
            if (escape && value.charAt(at) != '"' && value.charAt(at) != '\\') {
                throw wrong(key, "no escape but \\\" and \\\\");
            }
            text.append(value.charAt(at++));
        }
        if (quote != '\'' && quote != '"' || at >= value.length() || !bare(value.substring(at + 1)).isEmpty()) {
            throw wrong(key, "a string in quotes");
        }
        return text.toString();
    }

    private IllegalArgumentException wrong(String key, String expected) {
        return new IllegalArgumentException("options: " + key + ": expected " + expected + ", found " + values.get(key));
    }
}
