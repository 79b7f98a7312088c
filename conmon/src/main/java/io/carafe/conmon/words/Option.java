package io.carafe.conmon.words;

import java.util.Optional;

/**
 * A row an option, by conmon's names: the parser, the help and the manual page read the same.
 *
 * @see "conmon(8)"
 */
public enum Option {
    API_VERSION("api-version", "", Kind.SWITCH, "", "write {\"data\": N} into the sync pipe, and for an exec its pid before its exit code; a number behind it is passed over"),
    BUNDLE("bundle", "b", Kind.TEXT, "DIR", "the bundle; the attach socket and the FIFOs ctl and winsz are made in it (default: the working directory, and none for an exec)"),
    CID("cid", "c", Kind.TEXT, "ID", "the container"),
    CONMON_PIDFILE("conmon-pidfile", "P", Kind.TEXT, "FILE", "write the pid of the process that stays to FILE"),
    CONTAINER_PIDFILE("container-pidfile", "p", Kind.TEXT, "FILE", "the file that the runtime writes the process's pid to (default: pidfile-ID)"),
    CUUID("cuuid", "u", Kind.TEXT, "ID", "the container's unique name, of which the link below --socket-dir-path is made"),
    EXEC("exec", "e", Kind.SWITCH, "", "run a further process in a container that runs"),
    EXEC_ATTACH("exec-attach", "", Kind.SWITCH, "", "start the further process when somebody is attached: at the second word of _OCI_STARTPIPE"),
    EXEC_PROCESS_SPEC("exec-process-spec", "", Kind.TEXT, "FILE", "the process object of the further process"),
    EXIT_COMMAND("exit-command", "", Kind.TEXT, "PROGRAM", "run PROGRAM when the process has ended, or the runtime has failed"),
    EXIT_COMMAND_ARG("exit-command-arg", "", Kind.TEXTS, "WORD", "a further word for PROGRAM; as often as wanted"),
    EXIT_DELAY("exit-delay", "", Kind.NUMBER, "SECONDS", "wait before PROGRAM is run"),
    EXIT_DIR("exit-dir", "", Kind.TEXT, "DIR", "write the exit code to a file in DIR with the container's id as its name"),
    LEAVE_STDIN_OPEN("leave-stdin-open", "", Kind.SWITCH, "", "keep the process's stdin open when a client has ended its side"),
    LOG_LEVEL("log-level", "", Kind.TEXT, "error|warn|info|debug|trace", "what is told on stderr (default: warn)"),
    LOG_PATH("log-path", "l", Kind.TEXTS, "[DRIVER:]FILE", "where output goes: k8s-file:FILE (the default driver), json-file:FILE, journald, passthrough, none (also null, off); as often as wanted"),
    LOG_SIZE_MAX("log-size-max", "", Kind.LONG, "BYTES", "begin the file anew before it is larger"),
    LOG_GLOBAL_SIZE_MAX("log-global-size-max", "", Kind.LONG, "BYTES", "write no more when that much has been written in all"),
    LOG_TAG("log-tag", "", Kind.TEXT, "TEXT", "CONTAINER_TAG and SYSLOG_IDENTIFIER in the journal"),
    LOG_LABEL("log-label", "", Kind.TEXTS, "LABEL=VALUE", "a further field in the journal; as often as wanted"),
    NO_CONTAINER_PARTIAL_MESSAGE("no-container-partial-message", "", Kind.SWITCH, "", "leave CONTAINER_PARTIAL_MESSAGE out of the journal"),
    NAME("name", "n", Kind.TEXT, "NAME", "CONTAINER_NAME in the journal"),
    NO_NEW_KEYRING("no-new-keyring", "", Kind.SWITCH, "", "a word for the runtime"),
    NO_PIVOT("no-pivot", "", Kind.SWITCH, "", "a word for the runtime"),
    NO_SYNC_LOG("no-sync-log", "", Kind.SWITCH, "", "do not wait at the end until the log is on the disk"),
    PERSIST_DIR("persist-dir", "0", Kind.TEXT, "DIR", "write the exit code to the file exit in DIR, and make the file oom there when memory ran out"),
    PIDFILE("pidfile", "", Kind.TEXT, "FILE", "the old name of --container-pidfile"),
    REPLACE_LISTEN_PID("replace-listen-pid", "", Kind.SWITCH, "", "set LISTEN_PID to the runtime's pid whatever it was; without it, if it was this process's"),
    RESTORE("restore", "", Kind.TEXT, "DIR", "call the runtime's restore, with the checkpoint in DIR"),
    RESTORE_ARG("restore-arg", "", Kind.TEXTS, "WORD", "the old name of --runtime-opt"),
    RUNTIME("runtime", "r", Kind.TEXT, "FILE", "the runtime's executable"),
    RUNTIME_ARG("runtime-arg", "", Kind.TEXTS, "WORD", "a word for the runtime, before its verb; as often as wanted"),
    RUNTIME_OPT("runtime-opt", "", Kind.TEXTS, "WORD", "a word for the runtime, behind its verb; as often as wanted"),
    SDNOTIFY_SOCKET("sdnotify-socket", "", Kind.TEXT, "SOCKET", "hand on to SOCKET what the container says to notify/notify.sock in the bundle"),
    SOCKET_DIR_PATH("socket-dir-path", "", Kind.TEXT, "DIR", "where a short link to the bundle is made, for clients of the attach socket (default: /var/run/crio)"),
    STDIN("stdin", "i", Kind.SWITCH, "", "give the process a stdin that clients write to"),
    SYNC("sync", "", Kind.SWITCH, "", "stay in the process that was started, and make no other"),
    SYSLOG("syslog", "", Kind.SWITCH, "", "say to syslog, too, what is told on stderr"),
    SYSTEMD_CGROUP("systemd-cgroup", "s", Kind.SWITCH, "", "a word for the runtime, unless it is an exec"),
    TERMINAL("terminal", "t", Kind.SWITCH, "", "the process has a terminal"),
    TIMEOUT("timeout", "T", Kind.NUMBER, "SECONDS", "kill the process after that time"),
    VERSION("version", "", Kind.SWITCH, "", "show the version"),
    FULL_ATTACH("full-attach", "", Kind.SWITCH, "", "make no link: clients go to the attach socket by the bundle's path"),
    LOG_ROTATE("log-rotate", "", Kind.SWITCH, "", "keep what --log-size-max begins anew, as FILE.1, FILE.2 and so on"),
    LOG_MAX_FILES("log-max-files", "", Kind.NUMBER, "N", "how many of those are kept (default: 1)"),
    LOG_ALLOWLIST_DIR("log-allowlist-dir", "", Kind.TEXTS, "DIR", "refuse a log that is not below DIR; as often as wanted"),
    SECCOMP_NOTIFY_SOCKET("seccomp-notify-socket", "", Kind.TEXT, "SOCKET", "refused: the runtime hands a listener to listenerPath itself"),
    SECCOMP_NOTIFY_PLUGINS("seccomp-notify-plugins", "", Kind.TEXT, "FILES", "refused, likewise"),
    HELP("help", "h", Kind.SWITCH, "", "show this help");

    /** What stands behind an option. */
    enum Kind {
        SWITCH,
        TEXT,
        /** Every one that is given counts, not the last alone. */
        TEXTS,
        /** Of 32 bits. */
        NUMBER,
        LONG
    }

    final String text;
    /** One letter; empty: it has none. */
    final String letter;
    final Kind kind;
    private final String argument;
    private final String help;

    Option(String text, String letter, Kind kind, String argument, String help) {
        this.text = text;
        this.letter = letter;
        this.kind = kind;
        this.argument = argument;
        this.help = help;
    }

    /** As a page shows it: {@code -c, --cid ID}. */
    public String usage() {
        return (letter.isEmpty() ? "" : "-" + letter + ", ") + "--" + text + (argument.isEmpty() ? "" : " " + argument);
    }

    /** One line for people. */
    public String help() {
        return help;
    }

    /** Without dashes. */
    public String text() {
        return text;
    }

    boolean hasValue() {
        return kind != Kind.SWITCH;
    }

    static Optional<Option> named(String text) {
        for (Option option : values()) {
            if (option.text.equals(text)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    static Optional<Option> lettered(char letter) {
        for (Option option : values()) {
            if (option.letter.length() == 1 && option.letter.charAt(0) == letter) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }
}
