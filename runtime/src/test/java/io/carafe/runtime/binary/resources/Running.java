package io.carafe.runtime.binary.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** A container that runs in the background, and what the host sees of it. */
public record Running(Carafe carafe, Bundle bundle) {

    public static Running of(Carafe carafe, Bundle bundle) {
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        return new Running(carafe, bundle);
    }

    public String id() {
        return bundle.id();
    }

    public Carafe.Result call(String verb, String... rest) {
        String[] words = new String[rest.length + 2];
        words[0] = verb;
        words[1] = id();
        System.arraycopy(rest, 0, words, 2, rest.length);
        return carafe.call(words);
    }

    public String status() {
        return property("status").split("\"")[1];
    }

    public int pid() {
        return Integer.parseInt(property("pid").replaceAll("[^0-9]", ""));
    }

    private String property(String name) {
        String state = call("state").succeeds().out();
        return state.lines().filter(line -> line.startsWith("\t\"" + name + "\"")).findFirst().orElseThrow().split(":", 2)[1];
    }

    public void awaitStatus(String status) {
        await(() -> status().equals(status));
        assertEquals(status, status());
    }

    public static void await(BooleanSupplier condition) {
        try {
            for (int i = 0; i < 18_000 && !condition.getAsBoolean(); i++) {
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The directory of its cgroup that has a controller: of v1, or the unified one. */
    public Path cgroup(String controller) {
        Path root = Path.of("/sys/fs/cgroup");
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/cgroup"))) {
                String[] parts = line.split(":", 3);
                boolean isUnified = parts[1].isEmpty() && Files.exists(root.resolve("cgroup.controllers"));
                if (isUnified || java.util.List.of(parts[1].split(",")).contains(controller)) {
                    return Path.of(root + (isUnified ? "" : "/" + parts[1]) + parts[2]);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("no cgroup with " + controller);
    }

    public static boolean isV2() {
        return Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
    }

    /** A control file: its name on v1, its name on v2. */
    public String control(String controller, String v1, String v2) {
        return text(cgroup(controller).resolve(isV2() ? v2 : v1));
    }

    public static String text(Path path) {
        try {
            return Files.readString(path).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public void delete() {
        carafe.call("delete", "--force", id()).succeeds();
    }
}
