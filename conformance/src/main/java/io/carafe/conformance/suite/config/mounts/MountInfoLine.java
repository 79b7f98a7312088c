package io.carafe.conformance.suite.config.mounts;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A mount as the container sees it: a line of /proc/PID/mountinfo.
 *
 * @param options of the mount, @param propagation its optional fields, @param superOptions of the file system
 */
record MountInfoLine(Set<String> options, List<String> propagation, Set<String> superOptions) {

    /** The mount that is on top at each path. The container's program is a shell that shows the mounts. */
    static List<MountInfoLine> at(Container container, String... paths) {
        List<String> lines = container.args("cat", "/proc/self/mountinfo").output().lines().toList();
        return Arrays.stream(paths).map(path -> lines.stream().filter(line -> line.split(" ")[4].equals(path))
                .reduce((first, last) -> last).map(MountInfoLine::of)
                .orElseThrow(() -> new AssertionError("nothing is mounted on " + path))).toList();
    }

    private static MountInfoLine of(String line) {
        String[] sides = line.split(" - ", 2);
        String[] before = sides[0].split(" ");
        String[] after = sides[1].split(" ");
        return new MountInfoLine(set(before[5]), Arrays.asList(before).subList(6, before.length), set(after[after.length - 1]));
    }

    private static Set<String> set(String options) {
        return new HashSet<>(List.of(options.split(",")));
    }

    MountInfoLine has(String option) {
        Expect.that(options.contains(option), "the mount is not " + option + ", but " + options);
        return this;
    }

    MountInfoLine lacks(String option) {
        Expect.that(!options.contains(option), "the mount is " + option + ": " + options);
        return this;
    }

    MountInfoLine superHas(String option) {
        Expect.that(superOptions.contains(option), "the file system is not " + option + ", but " + superOptions);
        return this;
    }

    MountInfoLine superLacks(String option) {
        Expect.that(!superOptions.contains(option), "the file system is " + option + ": " + superOptions);
        return this;
    }

    /** Whether an optional field begins so: shared:, master:, unbindable. */
    boolean propagates(String field) {
        return propagation.stream().anyMatch(one -> one.startsWith(field));
    }
}
