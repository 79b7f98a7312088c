package io.carafe.runtime.cli;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.runtime.container.Exec;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.User;
import java.util.ArrayList;
import java.util.List;

/** The process that the words of `exec` describe: the file of {@code --process}, or the container's own with what the flags change. */
final class ExecProcess {

    /** (uid_t) -1 means no change to the system calls, so it is no user. */
    private static final long LAST_ID = 0xffff_fffeL;

    private final Linux linux;
    private final CommandLine line;

    ExecProcess(Linux linux, CommandLine line) {
        this.linux = linux;
        this.line = line;
    }

    Process of(Exec.ContainersProcess containers) {
        if (line.value(Flag.PROCESS).isPresent()) {
            Process process = read(line.value(Flag.PROCESS).get());
            return process.withTerminal(process.terminal() || line.has(Flag.TTY));
        }
        List<String> args = line.arguments().subList(1, line.arguments().size());
        if (args.isEmpty()) {
            throw new UsageException("exec: expected a command, or --process FILE");
        }
        Process process = containers.get().withTerminal(line.has(Flag.TTY)).withArgs(args);
        List<String> env = new ArrayList<>(process.env());
        env.addAll(line.values(Flag.ENV));
        process = process.withEnv(env).withCwd(line.value(Flag.CWD).orElse(process.cwd()));
        process = line.value(Flag.APPARMOR).map(process::withApparmorProfile).orElse(process);
        process = line.value(Flag.PROCESS_LABEL).map(process::withSelinuxLabel).orElse(process);
        return line.value(Flag.USER).isPresent() ? process.withUser(user(line.value(Flag.USER).get())) : process;
    }

    private Process read(String path) {
        try (Fd file = linux.files.open(path, O_RDONLY)) {
            byte[] json = linux.files.readAll(file, JsonReader.MAX_LENGTH);
            return ProcessJson.read(json, 0, json.length);
        }
    }

    /** Strictly: what is misread here runs as somebody else (CVE-2026-30892). */
    static User user(String text) {
        int colon = text.indexOf(':');
        long uid = id(text, colon < 0 ? text : text.substring(0, colon));
        return User.of(uid, colon < 0 ? 0 : id(text, text.substring(colon + 1)));
    }

    private static long id(String text, String digits) {
        boolean plain = !digits.isEmpty() && digits.length() <= 10 && (digits.length() == 1 || digits.charAt(0) != '0');
        for (int i = 0; i < digits.length(); i++) {
            plain &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        if (!plain || Long.parseLong(digits) > LAST_ID) {
            throw new UsageException("--user: expected UID or UID:GID in decimal digits, found \"" + text + '"');
        }
        return Long.parseLong(digits);
    }
}
