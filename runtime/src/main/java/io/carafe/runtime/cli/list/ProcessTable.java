package io.carafe.runtime.cli.list;

import static io.carafe.linux.abi.FileFlags.MFD_CLOEXEC;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.spec.json.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The output of `ps`: the host's ps(1), less what is not the container's; a table of our own where there is no ps(1). */
public final class ProcessTable {

    private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";
    private static final int LARGEST = 64 << 20;
    private static final int NOT_EXECUTED = 127;

    private final Linux linux;

    public ProcessTable(Linux linux) {
        this.linux = linux;
    }

    /** @param pids as the caller sees them; @param options of ps(1); none: {@code -ef} */
    public String of(List<Integer> pids, List<String> options) {
        List<String> args = new ArrayList<>(List.of("ps"));
        args.addAll(options.isEmpty() ? List.of("-ef") : options);
        Optional<String> program = find();
        if (program.isEmpty()) {
            if (!options.isEmpty()) {
                throw new ContainerException("ps: executable file not found in $PATH: no options without it");
            }
            return own(pids);
        }
        return only(pids, run(program.get(), args));
    }

    private Optional<String> find() {
        String path = CallerStrings.of(linux.kernel).variable("PATH").filter(text -> !text.isEmpty()).orElse(DEFAULT_PATH);
        for (String dir : path.split(":")) {
            if (linux.paths.isExecutable(Fd.CWD, dir + "/ps")) {
                return Optional.of(dir + "/ps");
            }
        }
        return Optional.empty();
    }

    private String run(String program, List<String> args) {
        List<String> environment = CallerStrings.of(linux.kernel).environment();
        try (Fd output = linux.files.memfdCreate("ps", MFD_CLOEXEC)) {
            Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
            if (clone.isChild()) {
                try {
                    linux.kernel.named("ps");
                    linux.files.dup3(output, 1, 0);
                    linux.descriptors.closeOnExecFrom(3);
                    linux.processes.defaultAction(Signal.SIGPIPE.number);
                    throw linux.processes.execve(program, args, environment);
                } finally {
                    linux.processes.exit(NOT_EXECUTED);
                }
            }
            try (Fd pidfd = clone.pidfd().orElseThrow()) {
                Exit exit = linux.processes.waitFor(pidfd);
                if (exit.code() != 0) {
                    throw new ContainerException(String.join(" ", args) + ": exit status " + exit.code());
                }
            }
            linux.files.seek(output, 0);
            return new String(linux.files.readAll(output, LARGEST), StandardCharsets.UTF_8);
        }
    }

    /** The head, and the lines whose column PID has one of the container's. */
    static String only(List<Integer> pids, String table) {
        StringBuilder rows = new StringBuilder();
        int column = -1;
        for (String line : table.split("\n")) {
            List<String> words = words(line);
            if (column < 0) {
                column = words.indexOf("PID");
                if (column < 0) {
                    throw new ContainerException("ps: its options must let it print the column PID");
                }
                rows.append(Printable.of(line)).append('\n');
            } else if (words.size() > column && isOneOf(pids, words.get(column))) {
                rows.append(Printable.of(line)).append('\n');
            }
        }
        return rows.toString();
    }

    private static boolean isOneOf(List<Integer> pids, String word) {
        for (int pid : pids) {
            if (word.equals(Integer.toString(pid))) {
                return true;
            }
        }
        return false;
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    private String own(List<Integer> pids) {
        StringBuilder table = new StringBuilder("PID       CMD\n");
        for (int pid : pids) {
            linux.files.readIfPresent(Fd.CWD, "/proc/" + pid + "/cmdline").ifPresent(words -> table.append(pid)
                    .append(" ".repeat(10 - Integer.toString(pid).length())).append(Printable.of(words.replace('\0', ' ').strip())).append('\n'));
        }
        return table.toString();
    }
}
