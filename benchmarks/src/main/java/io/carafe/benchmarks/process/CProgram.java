package io.carafe.benchmarks.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small static program in C, which is measured beside the runtimes or in their containers. */
public final class CProgram {

    /** Building carafe needs it, too. */
    private static final String COMPILER = "/usr/bin/musl-gcc";

    private CProgram() {
    }

    public static boolean canBeCompiled() {
        return Files.isExecutable(Path.of(COMPILER));
    }

    /**
     * Compiles {@code NAME.c} of this package's resources.
     *
     * @throws LaunchException with the compiler's words
     */
    public static Path compile(String name, Path program) {
        Path source = program.resolveSibling(name + ".c");
        try (InputStream stream = CProgram.class.getResourceAsStream("/io/carafe/benchmarks/" + name + ".c")) {
            Files.write(source, stream.readAllBytes());
            ProcessBuilder builder = new ProcessBuilder(COMPILER, "-O2", "-static", "-o", program.toString(), source.toString());
            Process compiler = builder.redirectErrorStream(true).start();
            String said = new String(compiler.getInputStream().readAllBytes());
            if (compiler.waitFor() != 0) {
                throw new LaunchException(builder.command(), said);
            }
            Files.delete(source);
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
