package io.carafe.linux.door;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * How many of the points at which something can fail are tried: each {@value #DEFAULT_EVERY}th, or as {@code -Dfaults.every=K} says;
 * {@code make faults} says 1, which is all of them. What was tried is written to target/faults.tsv of the module, for the sum in the end.
 *
 * <p>A class of such tests has {@code @Tag("faults")}, by which {@code make faults} finds it.
 */
public final class FaultSample {

    private static final int DEFAULT_EVERY = 17;
    private static final Path REPORT = Path.of("target/faults.tsv");

    private FaultSample() {
    }

    /** The distance from one point that is tried to the next. */
    public static int every() {
        return Integer.getInteger("faults.every", DEFAULT_EVERY);
    }

    /** Those of some points that are tried. A short list has one, too. */
    public static <P> List<P> of(List<P> points) {
        List<P> sample = new ArrayList<>();
        for (int i = points.size() / 2 % every(); i < points.size(); i += every()) {
            sample.add(points.get(i));
        }
        return sample.isEmpty() && !points.isEmpty() ? List.of(points.get(0)) : sample;
    }

    /**
     * Writes down what was tried.
     *
     * @param subject what the points belong to, as {@code create: parent}
     * @param tried how many points
     * @param wrong at how many of them something was not as it should be
     */
    public static synchronized void report(String subject, int tried, int wrong) {
        try {
            Files.createDirectories(REPORT.getParent());
            Files.writeString(REPORT, tried + "\t" + wrong + "\t" + subject + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
