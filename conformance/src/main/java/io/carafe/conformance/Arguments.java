package io.carafe.conformance;

import io.carafe.conformance.host.Host;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command line of the suite. */
record Arguments(List<Candidate> candidates, String group, Optional<Path> report, String only, Host.View view, long limitSeconds,
        String prepare, boolean defects) {

    static final String USAGE = """
            usage: java -jar carafe-conformance.jar --runtime PATH [--args ARGS] [--runtime PATH [--args ARGS]]…
                       [--shim PATH [--runtime PATH]]… [--group spec|managers|security|shim|all] [--only ID] [--cgroups host|v2]
                       [--prepare SCRIPT] [--limit SECONDS] [--report DIR]
              --runtime PATH    the binary to be tested; several make one page with a column each
              --args ARGS       global arguments of the --runtime before it, between blanks
              --shim PATH       a shim of containerd's to be tested, which is asked the group shim; a --runtime right behind it is what
                                it is told to call
              --prepare SCRIPT  shell commands that are run first, in a mount namespace that all tests start from
              --group GROUP     what runtimes are asked: spec (the default), managers, security or all; shim where there are shims alone
              --only ID         the tests of this requirement, or of those whose ids begin with it
              --cgroups v2      show the runtime the cgroup2 tree of this host alone
              --defects         do not test the runtime or shim but the suite: give a good one one defect at a time, and see it caught
              --limit SECONDS   the time that a test has (30)
              --report DIR      write index.html, results.json, and TAP and JUnit XML of each runtime
            exit code: 0 when nothing that is a MUST has failed, else 1; 2 for a command line that is not understood""";

    /**
     * One runtime, or one shim, with what it needs.
     *
     * @param engine the runtime that a shim is told to call
     */
    record Candidate(String path, boolean isShim, List<String> arguments, Optional<String> engine) {

        static Candidate runtime(String path, String... arguments) {
            return new Candidate(path, false, List.of(arguments), Optional.empty());
        }

        static Candidate shim(String path, Optional<String> engine) {
            return new Candidate(path, true, List.of(), engine);
        }

        /** What it is asked, of a run that asks this group. */
        String group(String group) {
            return isShim ? "shim" : group;
        }
    }

    static Arguments parse(List<String> words) {
        List<Candidate> candidates = new ArrayList<>();
        String group = "";
        Optional<Path> report = Optional.empty();
        String only = "";
        Host.View view = Host.View.HOST;
        long limit = 30;
        String prepare = "";
        boolean defects = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--defects")) {
                defects = true;
                continue;
            }
            if (i + 1 == words.size()) {
                throw new IllegalArgumentException(word.startsWith("--") ? word + " wants a value" : "what is " + word + "?");
            }
            String value = words.get(++i);
            switch (word) {
                case "--runtime" -> {
                    boolean ofShim = i >= 3 && words.get(i - 3).equals("--shim");
                    candidates.add(ofShim ? Candidate.shim(last(candidates, word).path(), Optional.of(path(value)))
                            : Candidate.runtime(path(value)));
                }
                case "--shim" -> candidates.add(Candidate.shim(path(value), Optional.empty()));
                case "--args" -> candidates.add(Candidate.runtime(last(candidates, word).path(),
                        value.isBlank() ? new String[0] : value.strip().split("\\s+")));
                case "--prepare" -> prepare = value;
                case "--group" -> {
                    if (!List.of("spec", "managers", "security", "shim", "all").contains(value)) {
                        throw new IllegalArgumentException("no group " + value);
                    }
                    group = value;
                }
                case "--only" -> only = value;
                case "--cgroups" -> view = switch (value) {
                    case "host" -> Host.View.HOST;
                    case "v2" -> Host.View.V2;
                    default -> throw new IllegalArgumentException("--cgroups is host or v2");
                };
                case "--limit" -> limit = Long.parseLong(value);
                case "--report" -> report = Optional.of(Path.of(value));
                default -> throw new IllegalArgumentException("what is " + word + "?");
            }
        }
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("no --runtime and no --shim");
        }
        if (group.equals("shim") && candidates.stream().anyMatch(candidate -> !candidate.isShim())) {
            throw new IllegalArgumentException("the group shim is for shims: --shim PATH");
        }
        return new Arguments(List.copyOf(candidates), group.isEmpty() ? "spec" : group, report, only, view, limit, prepare, defects);
    }

    private static String path(String value) {
        return Path.of(value).toAbsolutePath().normalize().toString();
    }

    private static Candidate last(List<Candidate> candidates, String word) {
        if (candidates.isEmpty() || word.equals("--args") && candidates.get(candidates.size() - 1).isShim()) {
            throw new IllegalArgumentException(word + " comes after the --runtime it is for");
        }
        return candidates.remove(candidates.size() - 1);
    }
}
