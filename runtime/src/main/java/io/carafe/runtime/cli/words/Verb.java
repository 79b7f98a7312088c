package io.carafe.runtime.cli.words;

import java.util.List;
import java.util.Optional;

/** A row a verb: its words, its flags, what the help says of it. What it does is in {@code Commands}. */
public enum Verb {
    CREATE("create", "ID", "create a container from a bundle; its program waits for start", Flag.BUNDLE, Flag.CONFIG, Flag.PID_FILE,
            Flag.CONSOLE_SOCKET, Flag.PIDFD_SOCKET, Flag.PRESERVE_FDS, Flag.NO_PIVOT, Flag.NO_NEW_KEYRING,
            Flag.OVERLAY),
    START("start", "ID", "run the program of a created container"),
    RUN("run", "ID", "create and start a container, wait for its end and delete it", Flag.BUNDLE, Flag.CONFIG, Flag.PID_FILE,
            Flag.CONSOLE_SOCKET, Flag.PIDFD_SOCKET, Flag.PRESERVE_FDS, Flag.NO_PIVOT, Flag.NO_NEW_KEYRING, Flag.DETACH,
            Flag.KEEP, Flag.NO_SUBREAPER, Flag.OVERLAY),
    EXEC("exec", "ID [COMMAND...]", "run a further process in a running container", Flag.PROCESS, Flag.CWD, Flag.ENV, Flag.USER,
            Flag.ADDITIONAL_GIDS, Flag.CAP, Flag.NO_NEW_PRIVS, Flag.CGROUP, Flag.IGNORE_PAUSED, Flag.DETACH, Flag.PID_FILE,
            Flag.TTY, Flag.CONSOLE_SOCKET, Flag.PIDFD_SOCKET, Flag.PRESERVE_FDS, Flag.APPARMOR, Flag.PROCESS_LABEL),
    STATE("state", "ID", "print a container's state as JSON"),
    KILL("kill", "ID [SIGNAL]", "send a signal (default: TERM) to the container's first process", Flag.ALL, Flag.REGEX),
    DELETE("delete", "ID...", "delete stopped containers", Flag.FORCE, Flag.REGEX),
    LIST("list", "", "list the containers", Flag.FORMAT, Flag.QUIET),
    PS("ps", "ID [OPTION...]", "list a container's processes; options are those of ps(1)", Flag.FORMAT),
    PAUSE("pause", "ID", "stop all processes of a container where they stand"),
    RESUME("resume", "ID", "let the processes of a paused container go on"),
    UPDATE("update", "ID", "change limits of a container", Flag.RESOURCES, Flag.BLKIO_WEIGHT, Flag.CPU_PERIOD, Flag.CPU_QUOTA,
            Flag.CPU_BURST, Flag.CPU_SHARE, Flag.CPU_RT_PERIOD, Flag.CPU_RT_RUNTIME, Flag.CPU_IDLE, Flag.CPUSET_CPUS, Flag.CPUSET_MEMS,
            Flag.MEMORY, Flag.MEMORY_RESERVATION, Flag.MEMORY_SWAP, Flag.KERNEL_MEMORY, Flag.KERNEL_MEMORY_TCP, Flag.PIDS_LIMIT,
            Flag.L3_CACHE_SCHEMA, Flag.MEM_BW_SCHEMA),
    EVENTS("events", "ID", "print what a container uses, and when it runs out of memory, as a line of JSON each", Flag.INTERVAL, Flag.STATS),
    MOUNTS("mounts", "add|remove ID FILE", "mount something in a container that runs, or unmount it; FILE has mounts as config.json, - for stdin"),
    CHECKPOINT("checkpoint", "ID", "save a running container as files, by CRIU", Flag.IMAGE_PATH, Flag.WORK_PATH, Flag.PARENT_PATH, Flag.LEAVE_RUNNING,
            Flag.TCP_ESTABLISHED, Flag.TCP_SKIP_IN_FLIGHT, Flag.LINK_REMAP, Flag.EXT_UNIX_SK, Flag.SHELL_JOB, Flag.LAZY_PAGES,
            Flag.STATUS_FD, Flag.PAGE_SERVER, Flag.FILE_LOCKS, Flag.PRE_DUMP, Flag.MANAGE_CGROUPS_MODE, Flag.NETWORK_LOCK, Flag.EMPTY_NS,
            Flag.AUTO_DEDUP),
    RESTORE("restore", "ID", "make a container from a checkpoint", Flag.BUNDLE, Flag.PID_FILE, Flag.CONSOLE_SOCKET, Flag.NO_PIVOT, Flag.DETACH,
            Flag.NO_SUBREAPER, Flag.IMAGE_PATH, Flag.WORK_PATH, Flag.TCP_ESTABLISHED, Flag.TCP_CLOSE, Flag.EXT_UNIX_SK, Flag.SHELL_JOB, Flag.LAZY_PAGES, Flag.FILE_LOCKS,
            Flag.MANAGE_CGROUPS_MODE, Flag.NETWORK_LOCK, Flag.EMPTY_NS, Flag.AUTO_DEDUP, Flag.LSM_PROFILE, Flag.LSM_MOUNT_CONTEXT),
    FEATURES("features", "", "print what this carafe knows as JSON"),
    PLAN("plan", "[BUNDLE]", "print what create would do, and do none of it", Flag.CONFIG, Flag.NO_PIVOT, Flag.PLAN_FORMAT),
    BUNDLE("bundle", "IMAGE[:TAG] DIR", "make a bundle from an image, a directory or a tar: an OCI layout, or of docker save or podman save",
            Flag.STORE, Flag.TERMINAL),
    IMAGES("images", "[list|remove|gc] [IMAGE]...", "list the images whose layers are in the store (default), remove some, or collect what no bundle and"
            + " no container uses", Flag.STORE, Flag.FORMAT, Flag.QUIET),
    TRACE("trace", "FILE", "print where the time of what --trace wrote went; FILE may be - for stdin"),
    SPEC("spec", "", "write a config.json to start from", Flag.BUNDLE, Flag.ROOTLESS),
    COMPLETION("completion", "bash|zsh|fish", "print a script that completes these words in a shell"),
    HELP("help", "[COMMAND]", "show this help, or that of a command");

    /** Flags that stand before the verb. */
    public static final List<Flag> GLOBAL = List.of(Flag.ROOT, Flag.LOG, Flag.LOG_FORMAT, Flag.LOG_LEVEL, Flag.DEBUG, Flag.SYSTEMD_CGROUP,
            Flag.CGROUP_MANAGER, Flag.ROOTLESS_CGROUP, Flag.TRUST_ANNOTATIONS, Flag.CRIU, Flag.TRACE, Flag.HELP, Flag.VERSION);

    public final String text;
    /** Words that follow, as the help shows them; those in brackets may be absent, those with dots may be many. */
    public final String arguments;
    public final String help;
    public final List<Flag> flags;

    Verb(String text, String arguments, String help, Flag... flags) {
        this.text = text;
        this.arguments = arguments;
        this.help = help;
        this.flags = List.of(flags);
    }

    public static Optional<Verb> named(String text) {
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
        return arguments.contains("...") ? Integer.MAX_VALUE : words().length;
    }

    /** All that the first argument may be; empty: anything. */
    List<String> firstWords() {
        String first = arguments.isEmpty() ? "" : words()[0];
        String bare = first.startsWith("[") ? first.substring(1, first.length() - 1) : first;
        return bare.indexOf('|') < 0 ? List.of() : List.of(bare.split("\\|"));
    }

    private String[] words() {
        return arguments.isEmpty() ? new String[0] : arguments.split(" ");
    }

    /** Whether what follows the first argument is a program, or words for one, with flags of its own. */
    boolean hasCommand() {
        return arguments.endsWith("...]");
    }
}
