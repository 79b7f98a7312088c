package io.carafe.benchmarks;

import io.carafe.benchmarks.host.CgroupLayout;
import io.carafe.benchmarks.host.Machine;
import io.carafe.benchmarks.host.View;
import io.carafe.benchmarks.process.WorkDirectory;
import io.carafe.linux.KernelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Carafe beside its peers. The first process only starts one more for each view, as root in mount and pid namespaces of its own: a JVM
 * has threads, and unshare(2) moves one of them. No process of a benchmark outlives its namespace.
 */
public final class Main {

    /** Those are files of /tmp by pid, and pids are numbered anew here. */
    static final String NO_PERF_DATA = "-XX:-UsePerfData";

    private Main() {
    }

    public static void main(String[] words) throws InterruptedException {
        Arguments arguments;
        try {
            arguments = Arguments.parse(List.of(words));
        } catch (IllegalArgumentException e) {
            System.err.println("benchmarks: " + e.getMessage());
            System.err.println(Arguments.USAGE);
            System.exit(1);
            return;
        }
        try {
            if (arguments.drawsOnly()) {
                System.out.println(ResultsFolder.of(arguments.page().orElseThrow()).draw() + " pictures");
                System.exit(0);
            }
            System.exit(arguments.inside().isPresent() ? hold(arguments, arguments.inside().get()) : startAll(arguments, words));
        } catch (IOException | UncheckedIOException | KernelException e) {
            System.err.println("benchmarks: " + e.getMessage());
            System.exit(1);
        }
    }

    private static int hold(Arguments arguments, View view) throws IOException, InterruptedException {
        return Session.hold(arguments, view) ? 0 : 1;
    }

    private static int startAll(Arguments arguments, String[] words) throws IOException, InterruptedException {
        int exit = 0;
        for (View view : arguments.views()) {
            if (isPossible(view)) {
                exit = Math.max(exit, start(view, words));
            }
        }
        return exit;
    }

    private static boolean isPossible(View view) throws IOException {
        if (view == View.HOST) {
            return true;
        }
        if (Machine.layout() == CgroupLayout.V2) {
            return false; // it is the host's own
        }
        if (!WorkDirectory.isRoot()) {
            System.out.println("\nview v2: left out, only root can mount it");
            return false;
        }
        return true;
    }

    private static int start(View view, String[] words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (WorkDirectory.isRoot()) {
            command.addAll(List.of("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"));
        }
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                NO_PERF_DATA, "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "--inside", view.title));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
