package io.carafe.spec.resources;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * One rule of the allowed device list; later rules win.
 *
 * @param type absent: all, like {@code a}
 * @param major absent or -1: all
 * @param minor absent or -1: all
 * @param access letters of {@code rwm}; absent: all three
 * @see "runtime-spec config-linux.md, Allowed Device list"
 */
public record DeviceCgroup(boolean allow, Optional<Type> type, OptionalLong major, OptionalLong minor, Optional<String> access) {

    /** A rule about all devices. */
    public static DeviceCgroup all(boolean allow, String access) {
        return new DeviceCgroup(allow, Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.of(access));
    }

    /** The kinds of devices that a rule speaks of. */
    public enum Type {
        ALL("a"),
        CHARACTER("c"),
        BLOCK("b");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        /** The specification's word. */
        public String text() {
            return text;
        }
    }
}
