package io.carafe.conformance;

import io.carafe.conformance.host.Host;
import io.carafe.conformance.requirement.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The command line of the suite. */
record Arguments(List<Target> targets, String group, Optional<Path> report, List<String> only, Host.View view, long limitSeconds, int jobs,
        String prepare, Optional<String> spec, Map<String, String> expected, boolean partial, Task task) {

    /** What is to be done. */
    enum Task {
        TEST_RUNTIMES, TEST_MUTANTS, LIST, HELP
    }

    static final List<String> GROUPS = List.of("spec", "managers", "security", "rootless", "lifecycle-stress", "shim", "all");

    static final String USAGE = """
            usage: java -jar carafe-conformance.jar --runtime RUNTIME [--args ARGS] [--label NAME] [--runtime RUNTIME …]…
                       [--shim SHIM [--runtime RUNTIME]]… [--group GROUP] [--only GLOB]… [--report DIR] [further options]
              --runtime RUNTIME the program to be asked: a path, or a name that is on PATH; several make one page with a column each
              --args ARGS       global arguments of the --runtime before it, between blanks
              --label NAME      the name of the --runtime or --shim before it in the report; by default what it calls itself
              --shim SHIM       a shim of containerd's to be asked the group shim; a --runtime right behind it is what it is told to call
              --group GROUP     what runtimes are asked: spec (the default), managers, security, rootless, lifecycle-stress or all; shim
                                where there are shims alone
              --only GLOB       the tests of the requirements whose ids match, with * and ?, or begin with GLOB and a dot; may be repeated
              --list            print the requirements that would be asked, and ask nothing
              --spec VERSION    the version of the specification to be held to; by default the one that the runtime declares by features or
                                --version: what later versions ask for is asked, and does not decide
              --expected FILE   deviations that are accepted: an id and, behind a blank, the reason in each line
              --partial         conforms also when the runtime kept some MUST from being asked
              --cgroups v2      show the runtime the cgroup2 tree of this host alone
              --prepare SCRIPT  shell commands that are run first, in a mount namespace that all tests start from
              --mutants         test the suite itself: break a good runtime or shim in one way at a time, and say whether a test fails
              --limit SECONDS   the time that a test has (30)
              --jobs NUMBER     how many tests run at once (one for each processor)
              --report DIR      write index.html, results.json, and for each runtime TAP, JUnit XML and a badge
              --help            print this
            exit code: 0 when each runtime conforms; 1 when one does not, or changes the host; 2 when one could not be asked (no container can
            be made, or a MUST could not be tried on it), and for a command line that is not understood""";

    /**
     * One runtime, or one shim, with what it needs.
     *
     * @param runtimeOfShim the runtime that a shim is told to call
     * @param label its name in the report, where one is given
     */
    record Target(String path, boolean isShim, List<String> arguments, Optional<String> runtimeOfShim, Optional<String> label) {

        static Target runtime(String path, String... arguments) {
            return new Target(path, false, List.of(arguments), Optional.empty(), Optional.empty());
        }

        static Target shim(String path, Optional<String> runtimeOfShim) {
            return new Target(path, true, List.of(), runtimeOfShim, Optional.empty());
        }

        /** What it is asked, of a run that asks this group. */
        String group(String group) {
            return isShim ? "shim" : group;
        }
    }

    /** Whether a requirement is to be asked, by its id. */
    Predicate<String> wanted() {
        List<Pattern> patterns = only.stream().map(Arguments::pattern).toList();
        return id -> patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.matcher(id).matches());
    }

    private static Pattern pattern(String glob) {
        StringBuilder text = new StringBuilder();
        for (char one : glob.toCharArray()) {
            text.append(one == '*' ? ".*" : one == '?' ? "." : Pattern.quote(Character.toString(one)));
        }
        return Pattern.compile(text + "(\\..*)?");
    }

    /** @param find the path of a program by its path or name; throws IllegalArgumentException when there is none */
    static Arguments parse(List<String> words, Function<String, String> find) {
        List<Target> targets = new ArrayList<>();
        String group = "";
        Optional<Path> report = Optional.empty();
        List<String> only = new ArrayList<>();
        Host.View view = Host.View.HOST;
        long limit = 30;
        int jobs = Runtime.getRuntime().availableProcessors();
        String prepare = "";
        Optional<String> spec = Optional.empty();
        Map<String, String> expected = Map.of();
        boolean partial = false;
        Task task = Task.TEST_RUNTIMES;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            switch (word) {
                case "--mutants", "--defects" -> {
                    task = Task.TEST_MUTANTS;
                    continue;
                }
                case "--list" -> {
                    task = Task.LIST;
                    continue;
                }
                case "--partial" -> {
                    partial = true;
                    continue;
                }
                case "--help", "-h" -> {
                    task = Task.HELP;
                    continue;
                }
                default -> {
                    if (i + 1 == words.size()) {
                        throw new IllegalArgumentException(USAGE.contains("  " + word + " ") ? word + " wants a value" : "unknown option " + word);
                    }
                }
            }
            String value = words.get(++i);
            switch (word) {
                case "--runtime" -> {
                    boolean ofShim = i >= 3 && words.get(i - 3).equals("--shim");
                    targets.add(ofShim ? Target.shim(last(targets, word).path(), Optional.of(find.apply(value)))
                            : Target.runtime(find.apply(value)));
                }
                case "--shim" -> targets.add(Target.shim(find.apply(value), Optional.empty()));
                case "--args" -> {
                    Target one = last(targets, word);
                    targets.add(new Target(one.path(), false, value.isBlank() ? List.of() : List.of(value.strip().split("\\s+")), one.runtimeOfShim(),
                            one.label()));
                }
                case "--label" -> {
                    Target one = last(targets, word);
                    targets.add(new Target(one.path(), one.isShim(), one.arguments(), one.runtimeOfShim(), Optional.of(value)));
                }
                case "--prepare" -> prepare = value;
                case "--group" -> {
                    if (!GROUPS.contains(value)) {
                        throw new IllegalArgumentException("no group " + value + ": expected one of " + String.join(", ", GROUPS));
                    }
                    group = value;
                }
                case "--only" -> only.add(value);
                case "--spec" -> {
                    if (!value.matches("1(\\.\\d{1,4}){1,2}")) {
                        throw new IllegalArgumentException("--spec: expected a version of the specification as 1.1.0, found " + value);
                    }
                    spec = Optional.of(value);
                }
                case "--expected" -> expected = deviations(value);
                case "--cgroups" -> view = switch (value) {
                    case "host" -> Host.View.HOST;
                    case "v2" -> Host.View.V2;
                    default -> throw new IllegalArgumentException("--cgroups: expected host or v2, found " + value);
                };
                case "--limit" -> limit = number(word, value, 3600);
                case "--jobs" -> jobs = (int) number(word, value, 64);
                case "--report" -> report = Optional.of(Path.of(value));
                default -> throw new IllegalArgumentException("unknown option " + word);
            }
        }
        if (targets.isEmpty() && task != Task.HELP && task != Task.LIST) {
            throw new IllegalArgumentException("no --runtime and no --shim");
        }
        if (group.equals("shim") && targets.stream().anyMatch(target -> !target.isShim())) {
            throw new IllegalArgumentException("the group shim is for shims: --shim PATH");
        }
        return new Arguments(List.copyOf(targets), group.isEmpty() ? "spec" : group, report, List.copyOf(only), view, limit, jobs, prepare, spec,
                expected, partial, task);
    }

    private static long number(String word, String value, long most) {
        if (!value.matches("[1-9]\\d{0,8}") || Long.parseLong(value) > most) {
            throw new IllegalArgumentException(word + ": expected a number from 1 to " + most + ", found " + value);
        }
        return Long.parseLong(value);
    }

    private static Map<String, String> deviations(String file) {
        Map<String, String> reasons = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                String[] words = line.strip().split("\\s+", 2);
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                if (Requirements.named(words[0]).isEmpty()) {
                    throw new IllegalArgumentException("--expected " + file + ": no requirement " + words[0]);
                }
                if (words.length < 2) {
                    throw new IllegalArgumentException("--expected " + file + ": " + words[0] + " has no reason");
                }
                reasons.put(words[0], words[1]);
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("--expected: cannot read " + file);
        }
        return reasons;
    }

    private static Target last(List<Target> targets, String word) {
        if (targets.isEmpty() || word.equals("--args") && targets.get(targets.size() - 1).isShim()) {
            throw new IllegalArgumentException(word + " comes after the --runtime it is for");
        }
        return targets.remove(targets.size() - 1);
    }
}
