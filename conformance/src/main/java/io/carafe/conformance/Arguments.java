package io.carafe.conformance;

import io.carafe.conformance.host.Host;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command line of the suite. */
record Arguments(List<Candidate> runtimes, String group, Optional<Path> report, String only, Host.View view, long limitSeconds,
        String prepare, boolean defects) {

    static final String USAGE = """
            usage: java -jar carafe-conformance.jar --runtime PATH [--args ARGS] [--runtime PATH [--args ARGS]]…
                       [--group spec|managers|security|all] [--only ID] [--cgroups host|v2] [--prepare SCRIPT]
                       [--limit SECONDS] [--report DIR]
              --runtime PATH    the binary to be tested; several make one page with a column each
              --args ARGS       global arguments of the --runtime before it, between blanks
              --prepare SCRIPT  shell commands that are run first, in a mount namespace that all tests start from
              --group GROUP     spec (the default), managers, security or all
              --only ID         the tests of this requirement, or of those whose ids begin with it
              --cgroups v2      show the runtime the cgroup2 tree of this host alone
              --defects         do not test the runtime but the suite: give a good runtime one defect at a time, and see it caught
              --limit SECONDS   the time that a test has (30)
              --report DIR      write index.html, results.json, and TAP and JUnit XML of each runtime
            exit code: 0 when nothing that is a MUST has failed, else 1; 2 for a command line that is not understood""";

    /** One runtime with what it needs. */
    record Candidate(String path, List<String> arguments) {
    }

    static Arguments parse(List<String> words) {
        List<Candidate> runtimes = new ArrayList<>();
        String group = "spec";
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
                case "--runtime" -> runtimes.add(new Candidate(Path.of(value).toAbsolutePath().normalize().toString(), List.of()));
                case "--args" -> {
                    Candidate last = last(runtimes, word);
                    runtimes.add(new Candidate(last.path(), value.isBlank() ? List.of() : List.of(value.strip().split("\\s+"))));
                }
                case "--prepare" -> prepare = value;
                case "--group" -> {
                    if (!List.of("spec", "managers", "security", "all").contains(value)) {
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
        if (runtimes.isEmpty()) {
            throw new IllegalArgumentException("no --runtime");
        }
        return new Arguments(List.copyOf(runtimes), group, report, only, view, limit, prepare, defects);
    }

    private static Candidate last(List<Candidate> runtimes, String word) {
        if (runtimes.isEmpty()) {
            throw new IllegalArgumentException(word + " comes after the --runtime it is for");
        }
        return runtimes.remove(runtimes.size() - 1);
    }
}
