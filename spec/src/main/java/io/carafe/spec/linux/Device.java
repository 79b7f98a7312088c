package io.carafe.spec.linux;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A device node that must exist in the container.
 *
 * @param major 0 for a FIFO
 * @param minor 0 for a FIFO
 * @param fileMode the bits of mknod(2)'s mode, as the document has them
 * @param uid owner inside the container
 * @param gid group inside the container
 * @see "runtime-spec config-linux.md, Devices"
 */
public record Device(String path, Type type, long major, long minor, OptionalInt fileMode, OptionalLong uid, OptionalLong gid) {

    /** What mknod(2) is to make. */
    public enum Type {
        CHARACTER("c"),
        BLOCK("b"),
        /** Unbuffered character device: on Linux the same as {@code c}. */
        UNBUFFERED("u"),
        FIFO("p");

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
