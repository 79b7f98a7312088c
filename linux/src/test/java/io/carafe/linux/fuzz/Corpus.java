package io.carafe.linux.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The inputs that are kept, of all the targets of a module: each is tried once more with every build. */
public final class Corpus {

    private static final Path SOURCES = Path.of("src/test/java");
    private static final Path INPUTS = Path.of("src/test/fuzz");
    private static final String TARGET = "FuzzTarget.java";

    private Corpus() {
    }

    /** A test for each target of the module whose directory is the working directory. */
    public static List<DynamicTest> replay() throws IOException {
        List<Path> targets;
        try (Stream<Path> all = Files.walk(SOURCES)) {
            targets = all.filter(path -> path.toString().endsWith(TARGET)).sorted().toList();
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (Path target : targets) {
            String name = target.getFileName().toString();
            String type = SOURCES.relativize(target).toString().replace('/', '.').replaceAll("\\.java$", "");
            tests.add(dynamicTest(name, target.toUri(), () -> replay(Class.forName(type), INPUTS.resolve(name.replace(TARGET, "")))));
        }
        assertFalse(tests.isEmpty(), "targets");
        return tests;
    }

    private static void replay(Class<?> target, Path inputs) throws Exception {
        Method method = target.getMethod("fuzzerTestOneInput", byte[].class);
        List<Path> files;
        try (Stream<Path> all = Files.list(inputs)) {
            files = all.sorted().toList();
        }
        assertFalse(files.isEmpty(), "inputs in " + inputs);
        for (Path file : files) {
            try {
                method.invoke(null, (Object) Files.readAllBytes(file));
            } catch (InvocationTargetException e) {
                throw new AssertionError(file.toString(), e.getCause());
            }
        }
        method.invoke(null, (Object) new byte[0]);
    }
}
