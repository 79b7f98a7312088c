package io.carafe.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the image of {@link ImageChecks} lies. */
public final class TestImage {

    private TestImage() {
    }

    /** Skips the test where no images are wanted; fails it where one should be and is not. */
    public static Path kernelTest() {
        Path binary = Path.of(System.getProperty("carafe.kernelTest"));
        assumeTrue(!Boolean.getBoolean("carafe.skipTestImages"), "-DskipImages or -DskipTestImages was given");
        assertTrue(Files.isExecutable(binary), binary + " has not been built");
        return binary;
    }
}
