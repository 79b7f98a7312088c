package io.carafe.runtime.cli;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The process that the words of `exec` describe: the file of {@code --process}, or the container's own with what the flags change. */
final class ExecProcess {

    /** (uid_t) -1 means no change to the system calls, so it is no user. */
    private static final long LAST_ID = 0xffff_fffeL;
    private static final String UID = "UID or UID:GID";

    private final Linux linux;
    private final CommandLine line;

    ExecProcess(Linux linux, CommandLine line) {
        this.linux = linux;
        this.line = line;
    }

    /** @param containers what the container's own process is, without args */
    Process of(Process containers) {
        if (line.value(Flag.PROCESS).isPresent()) {
            Process process = read(line.value(Flag.PROCESS).get());
            return process.withTerminal(process.terminal() || line.has(Flag.TTY));
        }
        List<String> args = line.arguments().subList(1, line.arguments().size());
        if (args.isEmpty()) {
            throw new UsageException("exec: expected a command, or --process FILE");
        }
        Process process = containers.withTerminal(line.has(Flag.TTY)).withArgs(args);
        List<String> env = new ArrayList<>(process.env());
        env.addAll(line.values(Flag.ENV));
        process = process.withEnv(env).withCwd(line.value(Flag.CWD).orElse(process.cwd()));
        process = line.value(Flag.APPARMOR).map(process::withApparmorProfile).orElse(process);
        process = line.value(Flag.PROCESS_LABEL).map(process::withSelinuxLabel).orElse(process);
        process = process.withUser(user(process.user()));
        if (!line.values(Flag.CAP).isEmpty()) {
            process = process.withCapabilities(capabilities(process, line.values(Flag.CAP)));
        }
        return line.value(Flag.NO_NEW_PRIVS).isPresent() ? process.withNoNewPrivileges(line.has(Flag.NO_NEW_PRIVS)) : process;
    }

    /** With --user UID alone the group stays the container's, as in runc; so do its further groups, which --additional-gids adds to. */
    private User user(User containers) {
        User user = line.value(Flag.USER).map(text -> user(text, containers)).orElse(containers);
        List<Long> groups = new ArrayList<>(user.additionalGids());
        for (String gid : line.values(Flag.ADDITIONAL_GIDS)) {
            groups.add(id("--additional-gids", "a GID", gid, gid));
        }
        return new User(user.uid(), user.gid(), user.umask(), groups, user.username());
    }

    /**
     * Further capabilities go to the sets that a root program gets them from. Not to the inheritable one, which a file could take
     * them from (CVE-2022-29162); to the ambient one where the document has them as inheritable already, as in runc.
     */
    static Capabilities capabilities(Process process, List<String> further) {
        Capabilities own = process.capabilities().orElse(new Capabilities(List.of(), List.of(), List.of(), List.of(), List.of()));
        List<String> ambient = new ArrayList<>(own.ambient());
        Set<String> inheritable = Set.copyOf(own.inheritable());
        for (String name : further) {
            if (inheritable.contains(name)) {
                ambient.add(name);
            }
        }
        return new Capabilities(and(own.bounding(), further), and(own.effective(), further), own.inheritable(), and(own.permitted(), further),
                ambient);
    }

    private static List<String> and(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private Process read(String path) {
        try (Fd file = linux.files.open(path, O_RDONLY)) {
            byte[] json = linux.files.readAll(file, JsonReader.MAX_LENGTH);
            return ProcessJson.read(json, 0, json.length);
        }
    }

    /** Strictly: what is misread here runs as somebody else (CVE-2026-30892). */
    static User user(String text, User containers) {
        int colon = text.indexOf(':');
        long uid = id("--user", UID, text, colon < 0 ? text : text.substring(0, colon));
        long gid = colon < 0 ? containers.gid() : id("--user", UID, text, text.substring(colon + 1));
        return new User(uid, gid, containers.umask(), containers.additionalGids(), containers.username());
    }

    private static long id(String flag, String form, String text, String digits) {
        boolean plain = !digits.isEmpty() && digits.length() <= 10 && (digits.length() == 1 || digits.charAt(0) != '0');
        for (int i = 0; i < digits.length(); i++) {
            plain &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
        }
        if (!plain || Long.parseLong(digits) > LAST_ID) {
            throw new UsageException(flag + ": expected " + form + " in decimal digits, found \"" + text + '"');
        }
        return Long.parseLong(digits);
    }
}
