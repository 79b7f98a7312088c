package io.carafe.benchmarks;

import io.carafe.benchmarks.result.Benchmark;
import io.carafe.benchmarks.host.View;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command line.
 *
 * @param benchmarks the usual ones when none was named
 * @param carafe first in every table
 * @param shim ours, which calls {@code carafe}
 * @param runtimes further ones, beside Debian's runc and crun
 * @param gapsMillis 0 is back to back
 * @param config for the bundle instead of the default one
 * @param inside the view that this process has been put into; absent in the first process
 * @param target folder for the results, where the image is as well
 * @param against a page with whose samples the ratios are compared
 * @param drawsOnly whether nothing is measured
 */
record Arguments(List<Benchmark> benchmarks, Optional<Path> carafe, Optional<Path> shim, List<Peer> runtimes, List<Integer> gapsMillis, int rounds,
        int exits, List<View> views, Optional<Path> config, Optional<View> inside, Path target, Optional<Path> page, boolean drawsOnly,
        Optional<Path> against) {

    /** A further runtime. @param name in the tables; without one that of the file */
    record Peer(String name, Path binary) {

        static Peer parse(String text) {
            int equals = text.indexOf('=');
            Path binary = Path.of(text.substring(equals + 1)).toAbsolutePath();
            return new Peer(equals > 0 ? text.substring(0, equals) : binary.getFileName().toString(), binary);
        }
    }

    static final String USAGE = """
            usage: java -jar benchmarks.jar [options] [benchmark...]
              --carafe PATH   the runtime that the others are compared with
              --shim PATH     carafe's shim, which is compared with containerd's
              --runtime [NAME=]PATH  one more runtime beside runc and crun (again for more)
              --gap MS        milliseconds between runs, 0 for back to back (again for more; 0 and 50)
              --rounds N      timed turns of each runtime (60)
              --exits N       processes that end in benchmark Exits (10000)
              --view VIEW     of the host's cgroups: host, or v2 for a view with cgroup2 only (again for more; both)
              --config FILE   config.json for the bundle (what carafe spec writes, with /bin/true and no terminal)
              --target DIR    where results.json goes (.)
              --page FILE     a page whose tables are replaced by what their benchmarks measured; samples and pictures go into the folder beside it
              --against FILE  a page: the ratios are compared with those of its samples
              --draw FILE     only draw that page's pictures again, from its samples""";

    /** @throws IllegalArgumentException whose message says what was expected */
    static Arguments parse(List<String> words) {
        List<Benchmark> benchmarks = new ArrayList<>();
        Optional<Path> carafe = Optional.empty();
        Optional<Path> shim = Optional.empty();
        List<Peer> runtimes = new ArrayList<>();
        List<Integer> gaps = new ArrayList<>();
        int rounds = 60;
        int exits = 10_000;
        List<View> views = new ArrayList<>();
        Optional<Path> config = Optional.empty();
        Optional<View> inside = Optional.empty();
        Path target = Path.of(".");
        Optional<Path> page = Optional.empty();
        boolean drawsOnly = false;
        Optional<Path> against = Optional.empty();
        for (int i = 0; i < words.size(); i++) {
            String flag = words.get(i);
            if (!flag.startsWith("--")) {
                benchmarks.add(Benchmark.named(flag));
                continue;
            }
            if (i + 1 == words.size()) {
                throw new IllegalArgumentException(flag + ": its value is missing");
            }
            String value = words.get(++i);
            switch (flag) {
                case "--carafe" -> carafe = Optional.of(Path.of(value).toAbsolutePath());
                case "--shim" -> shim = Optional.of(Path.of(value).toAbsolutePath());
                case "--runtime" -> runtimes.add(Peer.parse(value));
                case "--gap" -> gaps.add(number(flag, value, 0));
                case "--rounds" -> rounds = number(flag, value, 1);
                case "--exits" -> exits = number(flag, value, 10);
                case "--view" -> views.add(View.named(value));
                case "--config" -> config = Optional.of(Path.of(value));
                case "--inside" -> inside = Optional.of(View.named(value));
                case "--target" -> target = Path.of(value);
                case "--against" -> against = Optional.of(Path.of(value));
                case "--page", "--draw" -> {
                    page = Optional.of(Path.of(value));
                    drawsOnly |= flag.equals("--draw");
                }
                default -> throw new IllegalArgumentException(flag + ": no such option");
            }
        }
        return new Arguments(orElse(benchmarks, Benchmark.usual()), carafe, shim, List.copyOf(runtimes),
                orElse(gaps, List.of(0, 50)), rounds, exits, orElse(views, List.of(View.values())), config, inside, target, page, drawsOnly, against);
    }

    private static <T> List<T> orElse(List<T> named, List<T> all) {
        return named.isEmpty() ? all : List.copyOf(named);
    }

    private static int number(String flag, String value, int least) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(flag + ": expected a number from " + least + " on, found \"" + value + '"');
    }
}
