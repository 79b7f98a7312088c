package io.carafe.conmon.plan;

import io.carafe.conmon.words.Option;
import io.carafe.conmon.words.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One process to be made by a runtime, and kept.
 *
 * @param id the container's
 * @param legacy the sync pipe's words are those of before {@code --api-version}
 * @param bundle absolute; where the sockets and FIFOs are made; empty: nowhere
 * @param files what is written for others
 * @param timeoutSeconds 0: none
 */
public record MonitorPlan(Verb verb, String id, boolean legacy, RuntimeCall runtime, Optional<String> bundle, Optional<String> linkToBundle,
        boolean terminal, boolean stdin, boolean leavesStdinOpen, boolean waitsForAttach, LogPlan log, boolean syncsLog, Files files,
        Optional<ExitCommand> exitCommand, int timeoutSeconds, boolean replacesListenPid, Optional<String> notifySocket, boolean staysInForeground,
        Level level, boolean syslog) {

    /** How the process comes to be. */
    public enum Verb {
        CREATE,
        RESTORE,
        EXEC
    }

    /**
     * Files that are written, but for the log.
     *
     * @param monitorPid of the process that stays
     * @param processPid which the runtime writes
     */
    public record Files(Optional<String> monitorPid, String processPid, Optional<String> exitDirectory, Optional<String> persistDirectory) {
    }

    /** A program that is run last of all. */
    public record ExitCommand(String path, List<String> words, int delaySeconds) {
    }

    private static final String SOCKET_DIRECTORY = "/var/run/crio";
    /** A link whose path would fill the 107 bytes of a socket's (unix(7)) is a byte shorter, as its users expect. */
    private static final int LONGEST_LINK = 106;

    /** @param directory the working directory */
    public static MonitorPlan of(Words words, String directory) {
        String id = words.value(Option.CID)
                .orElseThrow(() -> new IllegalArgumentException("Container ID not provided. Use --cid"));
        Level level = words.value(Option.LOG_LEVEL).map(Level::named).orElse(Level.WARN);
        boolean exec = words.has(Option.EXEC);
        boolean legacy = !words.has(Option.API_VERSION);
        check(!(exec && words.has(Option.RESTORE)), "Cannot use 'exec' and 'restore' at the same time");
        check(exec || !words.has(Option.EXEC_ATTACH), "Attach can only be specified with exec");
        check(!legacy || !words.has(Option.EXEC_ATTACH), "Attach can only be specified for a non-legacy exec session");
        check(words.has(Option.CUUID) || exec && legacy, "Container UUID not provided. Use --cuuid");
        check(words.has(Option.RUNTIME), "Runtime path not provided. Use --runtime");
        check(!exec || words.has(Option.EXEC_PROCESS_SPEC), "Exec process spec path not provided. Use --exec-process-spec");
        for (Option refused : List.of(Option.SECCOMP_NOTIFY_SOCKET, Option.SECCOMP_NOTIFY_PLUGINS)) {
            check(!words.has(refused), "--" + refused.text() + " is not supported by carafe-conmon: the runtime sends the listener to"
                    + " linux.seccomp.listenerPath itself");
        }
        int delay = (int) words.number(Option.EXIT_DELAY, 0);
        check(delay >= 0, "Delay before invoking exit command must be greater than or equal to 0");
        Optional<String> bundle = words.value(Option.BUNDLE).or(() -> exec ? Optional.empty() : Optional.of(directory));
        Files files = new Files(words.value(Option.CONMON_PIDFILE),
                words.value(Option.CONTAINER_PIDFILE).or(() -> words.value(Option.PIDFILE)).orElse(directory + "/pidfile-" + id),
                words.value(Option.EXIT_DIR), words.value(Option.PERSIST_DIR));
        LogPlan log = LogPlan.of(words);
        return new MonitorPlan(exec ? Verb.EXEC : words.has(Option.RESTORE) ? Verb.RESTORE : Verb.CREATE, id, legacy,
                RuntimeCall.of(words, id, bundle, files.processPid), log.passthrough() ? Optional.empty() : bundle,
                words.has(Option.FULL_ATTACH) ? Optional.empty() : link(words), words.has(Option.TERMINAL), words.has(Option.STDIN),
                words.has(Option.LEAVE_STDIN_OPEN), words.has(Option.EXEC_ATTACH), log, !words.has(Option.NO_SYNC_LOG), files,
                words.value(Option.EXIT_COMMAND).map(path -> new ExitCommand(path, words.all(Option.EXIT_COMMAND_ARG), delay)),
                (int) Math.max(0, words.number(Option.TIMEOUT, 0)), words.has(Option.REPLACE_LISTEN_PID), words.value(Option.SDNOTIFY_SOCKET),
                words.has(Option.SYNC), level, words.has(Option.SYSLOG));
    }

    private static void check(boolean good, String complaint) {
        if (!good) {
            throw new IllegalArgumentException(complaint);
        }
    }

    private static Optional<String> link(Words words) {
        return words.value(Option.CUUID).map(uuid -> words.value(Option.SOCKET_DIR_PATH).orElse(SOCKET_DIRECTORY) + "/" + uuid)
                .map(path -> path.length() == LONGEST_LINK + 1 ? path.substring(0, LONGEST_LINK) : path);
    }

    public boolean isExec() {
        return verb == Verb.EXEC;
    }

    /** What a number in the sync pipe is called. */
    public String syncKey() {
        return !legacy ? "data" : isExec() ? "exit_code" : "pid";
    }

    /** Those who know no {@code --api-version} wait for one number, which of an exec is its exit code. */
    public boolean tellsPid() {
        return !legacy || !isExec();
    }

    /** The words of a runtime. @param before the console socket. @param after it */
    public record RuntimeCall(String path, List<String> before, List<String> after) {

        static RuntimeCall of(Words words, String id, Optional<String> bundle, String pidFile) {
            String path = words.value(Option.RUNTIME).orElseThrow();
            List<String> line = new ArrayList<>(List.of(path));
            boolean exec = words.has(Option.EXEC);
            if (!exec && words.has(Option.SYSTEMD_CGROUP)) {
                line.add("--systemd-cgroup");
            }
            line.addAll(words.all(Option.RUNTIME_ARG));
            if (exec) {
                line.addAll(List.of("exec", "--pid-file", pidFile, "--process", words.value(Option.EXEC_PROCESS_SPEC).orElseThrow(), "--detach"));
            } else {
                line.addAll(List.of(words.has(Option.RESTORE) ? "restore" : "create", "--bundle", bundle.orElseThrow(), "--pid-file", pidFile));
                if (words.has(Option.NO_PIVOT)) {
                    line.add("--no-pivot");
                }
                if (words.has(Option.NO_NEW_KEYRING)) {
                    line.add("--no-new-keyring");
                }
                words.value(Option.RESTORE).ifPresent(checkpoint -> line.addAll(
                        List.of("--detach", "--image-path", checkpoint, "--work-path", bundle.orElseThrow())));
            }
            line.addAll(words.all(Option.RUNTIME_OPT));
            line.addAll(words.all(Option.RESTORE_ARG));
            return new RuntimeCall(path, List.copyOf(line), List.of(id));
        }

        /** The whole line, the program first. */
        public List<String> line(Optional<String> consoleSocket) {
            List<String> line = new ArrayList<>(before);
            consoleSocket.ifPresent(socket -> line.addAll(List.of("--console-socket", socket)));
            line.addAll(after);
            return line;
        }
    }
}
