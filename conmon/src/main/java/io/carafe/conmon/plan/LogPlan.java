package io.carafe.conmon.plan;

import io.carafe.conmon.words.Option;
import io.carafe.conmon.words.Words;
import java.util.List;
import java.util.Optional;

/**
 * Where output goes.
 *
 * @param passthrough the process has this program's own streams
 * @param kubernetes path of a file in Kubernetes' format; of several that are named the last
 * @param json path of a file in docker's format
 * @param sizeMax in bytes; 0 is no limit
 * @param globalSizeMax in bytes; 0 is no limit
 * @param backups how many full files are kept; empty: none, the file is begun anew
 * @param allowedDirectories empty: any
 */
public record LogPlan(boolean passthrough, Optional<JournalPlan> journal, Optional<String> kubernetes, Optional<String> json, long sizeMax,
        long globalSizeMax, Optional<Integer> backups, List<String> allowedDirectories) {

    static final String KUBERNETES = "k8s-file";
    private static final String JSON = "json-file";
    private static final String JOURNAL = "journald";
    private static final String PASSTHROUGH = "passthrough";
    private static final List<String> NOTHING = List.of("none", "null", "off");

    /** One word of {@code --log-path}. @param path empty where none was given */
    record Target(String driver, String path) {

        /** {@code DRIVER:FILE}, {@code DRIVER}, {@code :FILE} or {@code FILE}. */
        static Target of(String word) {
            int colon = word.indexOf(':');
            if (word.isEmpty() || word.equals(":")) {
                throw new IllegalArgumentException("log-path must not be empty");
            }
            if (colon < 0) {
                return isDriver(word) ? new Target(word, "") : new Target(KUBERNETES, word);
            }
            return new Target(colon == 0 ? KUBERNETES : word.substring(0, colon), word.substring(colon + 1));
        }

        private static boolean isDriver(String word) {
            return NOTHING.contains(word) || List.of(KUBERNETES, JSON, JOURNAL, PASSTHROUGH).contains(word);
        }
    }

    static LogPlan of(Words words) {
        if (words.all(Option.LOG_PATH).isEmpty()) {
            throw new IllegalArgumentException("Log driver not provided. Use --log-path");
        }
        boolean passthrough = false;
        boolean journal = false;
        Optional<String> kubernetes = Optional.empty();
        Optional<String> json = Optional.empty();
        for (String word : words.all(Option.LOG_PATH)) {
            Target target = Target.of(word);
            switch (target.driver) {
                case KUBERNETES -> kubernetes = Optional.of(file(target));
                case JSON -> json = Optional.of(file(target));
                case JOURNAL -> journal = true;
                case PASSTHROUGH -> passthrough = true;
                default -> {
                    if (!NOTHING.contains(target.driver)) {
                        throw new IllegalArgumentException("No such log driver " + target.driver);
                    }
                }
            }
        }
        if (!journal && (kubernetes.isPresent() || json.isPresent())) {
            String driver = kubernetes.isPresent() ? KUBERNETES : JSON;
            if (words.has(Option.LOG_TAG)) {
                throw new IllegalArgumentException(driver + " doesn't support --log-tag");
            }
            if (words.has(Option.LOG_LABEL)) {
                throw new IllegalArgumentException(driver + " doesn't support --log-label");
            }
        }
        return new LogPlan(passthrough, journal ? Optional.of(JournalPlan.of(words)) : Optional.empty(), kubernetes, json,
                Math.max(0, words.number(Option.LOG_SIZE_MAX, 0)), Math.max(0, words.number(Option.LOG_GLOBAL_SIZE_MAX, 0)), backups(words),
                words.all(Option.LOG_ALLOWLIST_DIR));
    }

    private static String file(Target target) {
        if (target.path.isEmpty()) {
            throw new IllegalArgumentException(target.driver + " requires a filename");
        }
        return target.path;
    }

    private static Optional<Integer> backups(Words words) {
        int most = (int) words.number(Option.LOG_MAX_FILES, 1);
        if (most < 0) {
            throw new IllegalArgumentException("log-max-files must be non-negative, got " + most);
        }
        if (!words.has(Option.LOG_ROTATE)) {
            return Optional.empty();
        }
        if (most == 0) {
            throw new IllegalArgumentException("log-max-files must be at least 1 when log-rotate is enabled, got 0");
        }
        return Optional.of(most);
    }
}
