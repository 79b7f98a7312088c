package io.carafe.runtime.binary.trace;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.trace.CallCounter.Counted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A command makes no more system calls, and causes no more page faults, than its line in {@code calls.tsv} says: where a time differs from
 * one run to the next, these do not. What makes more of them changes the line, and says why in its commit.
 *
 * <p>The smallest of some readings counts: a signal that arrives at another moment makes a call or two more, and pages of the C library's own
 * tables move by a few. Without its line a command is not looked at. {@code -Dcarafe.counts=write} prints the lines as they are to be.
 */
class CallCountIT {

    private static final String TABLE = "calls.tsv";
    private static final String SO_BE_IT = "\nIf it must be so, its line there is: ";
    private static final int READINGS = 7;
    private static final List<String> V2_ONLY = List.of("sh", "-c", "mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\"", "sh");

    /**
     * A line.
     *
     * @param command of carafe
     * @param view host, or v2 for the host's cgroup2 tree alone
     * @param cgroups what the view must have of cgroups for the line to hold
     * @param kernel the first two numbers of its version
     */
    record Line(String command, String view, String cgroups, String kernel, long calls, long faults) {

        static Line parse(String text) {
            String[] fields = text.split("\t");
            return new Line(fields[0], fields[1], fields[2], fields[3], Long.parseLong(fields[4]), Long.parseLong(fields[5]));
        }

        String with(String cgroups, String kernel, long calls, long faults) {
            return String.join("\t", command, view, cgroups, kernel, Long.toString(calls), Long.toString(faults));
        }

        @Override
        public String toString() {
            return command + ", " + view;
        }
    }

    @TempDir
    Path directory;

    static Stream<Line> lines() throws IOException {
        try (var table = CallCountIT.class.getResourceAsStream(TABLE)) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).map(Line::parse).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("lines")
    void a_command_makes_no_more_calls_and_faults_than_its_line_says(Line line) throws Exception {
        boolean write = "write".equals(System.getProperty("carafe.counts"));
        String kernel = Files.readString(Path.of("/proc/sys/kernel/osrelease")).replaceAll("^(\\d+\\.\\d+).*\\s*$", "$1");
        String cgroups = cgroups(line.view);
        assumeTrue(!Carafe.isSystemdDriver(), "the line is of the driver cgroupfs");
        assumeTrue(write || line.kernel.equals(kernel), "the line is of Linux " + line.kernel + ", and this is " + kernel);
        assumeTrue(write || line.cgroups.equals(cgroups), "the line is of the cgroups \"" + line.cgroups + "\", and here they are \"" + cgroups + '"');
        Counted least = least(line);
        String now = line.with(cgroups, kernel, least.calls(), write ? least.faults() : Math.max(line.faults, isFullImage() ? least.faults() : 0));
        if (write) {
            System.out.println(now);
        } else if (least.calls() > line.calls) {
            fail(line + ": " + least.calls() + " system calls, and " + TABLE + " says " + line.calls + ": " + least.byName() + SO_BE_IT + now);
        } else if (isFullImage() && least.faults() > line.faults) {
            fail(line + ": " + least.faults() + " page faults, and " + TABLE + " says " + line.faults + SO_BE_IT + now);
        } else if (least.calls() < line.calls) {
            System.out.println(TABLE + " may have a smaller number: " + now);
        }
    }

    /** An image that was built in haste, or by another tool chain, has its pages in another order. */
    private static boolean isFullImage() {
        return System.getenv().getOrDefault("CARAFE_QUICK_IMAGE", "").isEmpty() && System.getenv().getOrDefault("GRAALVM_HOME", "").isEmpty();
    }

    /** What decides how many files of cgroups there are to write and to read. */
    private static String cgroups(String view) throws IOException {
        List<MountInfo> mounts = MountInfo.parse(Files.readString(Path.of("/proc/self/mountinfo")));
        long v1 = mounts.stream().filter(mount -> mount.type().equals("cgroup")).count();
        List<MountInfo> v2 = mounts.stream().filter(mount -> mount.type().equals("cgroup2")).toList();
        String controllers = v2.isEmpty() ? "none" : Files.readString(Path.of(v2.get(0).mountPoint(), "cgroup.controllers")).strip();
        return view.equals("v2") || v1 == 0 ? "v2: " + controllers : "v1: " + v1 + " hierarchies" + (v2.isEmpty() ? "" : ", v2: " + controllers);
    }

    private Counted least(Line line) throws Exception {
        List<String> prefix = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private"));
        if (line.view.equals("v2")) {
            prefix.addAll(V2_ONLY);
        }
        CallCounter counter = CallCounter.in(directory);
        Carafe plain = Carafe.in(directory.resolve("root")).behind(prefix.toArray(new String[0]));
        prefix.addAll(counter.words());
        Carafe counted = plain.behind(prefix.toArray(new String[0]));
        List<Counted> readings = new ArrayList<>();
        for (int i = 0; i < READINGS; i++) {
            Bundle bundle = Bundle.in(directory).args(line.command.equals("run") ? "/bin/true" : "/bin/sleep", "1000");
            readings.add(once(line.command, bundle, plain, counted, counter));
        }
        long faults = readings.stream().mapToLong(Counted::faults).min().orElseThrow();
        Counted least = readings.stream().min((one, other) -> Long.compare(one.calls(), other.calls())).orElseThrow();
        return new Counted(least.calls(), faults, least.byName());
    }

    private static Counted once(String command, Bundle bundle, Carafe plain, Carafe counted, CallCounter counter) throws Exception {
        String id = bundle.id();
        String[] create = {"create", "--bundle", bundle.path().toString(), id};
        if (command.equals("run")) {
            counted.call("run", "--bundle", bundle.path().toString(), id).succeeds();
            return counter.counted();
        }
        plain.call(create).succeeds();
        try {
            if (!command.equals("start")) {
                plain.call("start", id).succeeds();
            }
            counted.call(switch (command) {
                case "exec" -> new String[] {"exec", id, "/bin/true"};
                case "kill" -> new String[] {"kill", id, "KILL"};
                default -> new String[] {command, id};
            }).succeeds();
            return counter.counted();
        } finally {
            assertTrue(plain.call("delete", "--force", id).code() == 0, id);
        }
    }
}
