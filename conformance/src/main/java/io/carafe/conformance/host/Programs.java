package io.carafe.conformance.host;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/** Programs that are named on the command line. */
public final class Programs {

    private Programs() {
    }

    /**
     * @param name a path, or a name that is looked for on PATH, and then where Debian has runtimes
     * @throws IllegalArgumentException when there is no such program
     */
    public static String find(String name) {
        if (name.contains("/")) {
            Path path = Path.of(name).toAbsolutePath().normalize();
            if (Files.isRegularFile(path) && Files.isExecutable(path)) {
                return path.toString();
            }
            throw new IllegalArgumentException("no program " + name);
        }
        String places = System.getenv().getOrDefault("PATH", "") + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        for (String place : places.split(File.pathSeparator)) {
            Path path = Path.of(place.isEmpty() ? "." : place, name).toAbsolutePath();
            if (!name.isEmpty() && Files.isRegularFile(path) && Files.isExecutable(path)) {
                return path.toString();
            }
        }
        throw new IllegalArgumentException("no program " + name + " on PATH");
    }
}
