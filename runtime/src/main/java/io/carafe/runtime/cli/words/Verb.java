package io.carafe.runtime.cli;

import java.util.List;
import java.util.Optional;

/** A row a verb: its words, its flags, what the help says of it. What it does is in {@link Commands}. */
enum Verb {
    CREATE("create", "ID", "create a container from a bundle; its program waits for start", Flag.BUNDLE, Flag.PID_FILE, Flag.NO_PIVOT,
            Flag.OVERLAY),
    START("start", "ID", "run the program of a created container"),
    RUN("run", "ID", "create and start a container, wait for its end and delete it", Flag.BUNDLE, Flag.PID_FILE, Flag.NO_PIVOT,
            Flag.DETACH, Flag.KEEP, Flag.OVERLAY),
    EXEC("exec", "ID [COMMAND...]", "run a further process in a running container", Flag.PROCESS, Flag.CWD, Flag.ENV, Flag.USER,
            Flag.DETACH, Flag.PID_FILE),
    STATE("state", "ID", "print a container's state as JSON"),
    KILL("kill", "ID [SIGNAL]", "send a signal (default: TERM) to the container's first process"),
    DELETE("delete", "ID", "delete a stopped container", Flag.FORCE),
    LIST("list", "", "list the containers", Flag.FORMAT, Flag.QUIET),
    BUNDLE("bundle", "OCI-LAYOUT[:TAG] DIR", "make a bundle from an image, a directory or a tar of one", Flag.STORE),
    SPEC("spec", "", "write a config.json to start from", Flag.BUNDLE, Flag.ROOTLESS);

    /** Flags that stand before the verb. */
    static final List<Flag> GLOBAL = List.of(Flag.ROOT, Flag.LOG, Flag.LOG_FORMAT, Flag.DEBUG, Flag.TRACE, Flag.HELP, Flag.VERSION);

    final String text;
    /** Words that follow, as the help shows them; those in brackets may be absent. */
    final String arguments;
    final String help;
    final List<Flag> flags;

    Verb(String text, String arguments, String help, Flag... flags) {
        this.text = text;
        this.arguments = arguments;
        this.help = help;
        this.flags = List.of(flags);
    }

    static Optional<Verb> named(String text) {
        for (Verb verb : values()) {
            if (verb.text.equals(text)) {
                return Optional.of(verb);
            }
        }
        return Optional.empty();
    }

    int requiredArguments() {
        int required = 0;
        for (String word : words()) {
            required += word.startsWith("[") ? 0 : 1;
        }
        return required;
    }

    int allowedArguments() {
        return hasCommand() ? Integer.MAX_VALUE : words().length;
    }

    private String[] words() {
        return arguments.isEmpty() ? new String[0] : arguments.split(" ");
    }

    /** Whether what follows the first argument is a program with flags of its own. */
    boolean hasCommand() {
        return arguments.endsWith("...]");
    }
}
