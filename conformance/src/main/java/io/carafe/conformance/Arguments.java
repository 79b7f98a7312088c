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
              --runtime RUNTIME the runtime to test: a path, or a name on PATH; several share one page, a column each
              --args ARGS       global arguments of the --runtime before it, separated by blanks
              --label NAME      the name of the --runtime or --shim before it in the report; default: the name that it prints itself
              --shim SHIM       a containerd shim to test with the group shim; a --runtime directly after it is the runtime that it calls
              --group GROUP     the tests: spec (the default), managers, security, rootless, lifecycle-stress or all; shim if there are only
                                shims
              --only GLOB       only requirements whose ids match, with * and ?, or begin with GLOB and a dot; may be repeated
              --list            print the requirements and run nothing
              --spec VERSION    judge by this version of the specification; default: the one that the runtime declares by features or
                                --version. Requirements of later versions are tested and do not decide
              --expected FILE   accepted deviations: an id and, after a blank, the reason on each line
              --partial         conform also if the runtime prevents some MUST from being tested
              --cgroups v2      show the runtime only the cgroup2 tree of this host
              --prepare SCRIPT  shell commands that run first, in a mount namespace that all tests share
              --mutants         test the suite itself: break a good runtime or shim in one way at a time, and say whether a test fails
              --limit SECONDS   the time limit of a test (30)
              --jobs NUMBER     the number of tests that run at once (one for each processor)
              --report DIR      write index.html, results.json, and for each runtime TAP, JUnit XML and a badge
              --help            print this
            exit code: 0 if each runtime conforms; 1 if one does not, or changes the host; 2 if one could not be tested (it makes no container,
            or prevents a MUST from being tested), or if the command line is invalid""";

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
