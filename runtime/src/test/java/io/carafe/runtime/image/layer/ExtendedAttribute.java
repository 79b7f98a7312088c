package io.carafe.runtime.image.layer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Kernel;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.door.Door;
import java.nio.file.Path;

/** getxattr(2), for those attributes that java.nio.file does not know: all but the user's. */
public final class ExtendedAttribute {

    private static final int LONGEST = 64;

    private ExtendedAttribute() {
    }

    public static byte[] of(Path file, String name) {
        Kernel kernel = Door.open();
        try (Memory.Frame frame = new Memory(kernel).frame()) {
            long value = frame.zeroed(LONGEST);
            long result = kernel.call(Sys.GETXATTR.nr, frame.string(file.toString()), frame.string(name), value, LONGEST);
            assertTrue(result >= 0, () -> name + " of " + file + ": errno " + -result);
            byte[] bytes = new byte[(int) result];
            kernel.get(value, bytes, 0, bytes.length);
            return bytes;
        }
    }
}
