package io.carafe.runtime.binary.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.resources.Running;
import io.carafe.spec.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A container that counts into a file of a volume, which it holds open: each number once, one after the other, whatever becomes of it. */
final class Checkpointed {

    private static final String COUNTING = "i=0; while :; do i=$((i+1)); echo $i; usleep 20000; done >> /data/n";

    private final Carafe carafe;
    private final Bundle bundle;
    private final Path volume;
    private final Path images;

    private Checkpointed(Carafe carafe, Bundle bundle, Path volume, Path images) {
        this.carafe = carafe;
        this.bundle = bundle;
        this.volume = volume;
        this.images = images;
    }

    /** Skips the test where CRIU does not work, with its own words. */
    static void requireCriu() {
        try {
            Process check = new ProcessBuilder("criu", "check").redirectErrorStream(true).start();
            String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assumeTrue(check.waitFor() == 0, "criu check: " + said.lines().reduce((one, other) -> other).orElse("fails"));
        } catch (IOException absent) {
            assumeTrue(false, "CRIU is not installed: " + absent.getMessage());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static Checkpointed in(Path directory, Carafe carafe) {
        try {
            Path volume = Files.createDirectories(directory.resolve("volume"));
            Bundle bundle = Bundle.in(directory).script(COUNTING);
            bundle.config(config -> {
                List<Mount> mounts = new ArrayList<>(config.mounts());
                mounts.add(new Mount("/data", Optional.of("bind"), Optional.of(volume.toString()), List.of("bind"), List.of(), List.of()));
                return config.withMounts(mounts);
            });
            return new Checkpointed(carafe, bundle, volume, directory.resolve("images"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Bundle bundle() {
        return bundle;
    }

    Path images() {
        return images;
    }

    Path volume() {
        return volume;
    }

    /** Starts it, and waits until it counts. */
    Running run() {
        Running running = Running.of(carafe, bundle);
        Running.await(() -> count() > 2);
        return running;
    }

    Carafe.Result checkpoint(String... more) {
        List<String> words = new ArrayList<>(List.of("checkpoint", "--image-path", images.toString()));
        words.addAll(List.of(more));
        words.add(bundle.id());
        return carafe.call(words.toArray(String[]::new));
    }

    Carafe.Result restore(String... more) {
        List<String> words = new ArrayList<>(List.of("restore", "--detach", "--image-path", images.toString(), "--bundle", bundle.path().toString()));
        words.addAll(List.of(more));
        words.add(bundle.id());
        return carafe.call(words.toArray(String[]::new));
    }

    int count() {
        return numbers().size();
    }

    private List<String> numbers() {
        try {
            Path file = volume.resolve("n");
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until it has gone on from a number, and looks whether one is missing or came twice. */
    void goesOnFrom(int count) {
        Running.await(() -> count() > count + 2);
        List<String> numbers = numbers();
        assertTrue(numbers.size() > count + 2, "it does not count on");
        for (int i = 0; i < count + 2; i++) {
            assertEquals(Integer.toString(i + 1), numbers.get(i));
        }
    }
}
