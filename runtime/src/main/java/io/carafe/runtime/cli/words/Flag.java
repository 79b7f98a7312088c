package io.carafe.runtime.cli.words;

import io.carafe.runtime.rootfs.overlay.RootfsAnnotation;
import java.util.List;
import java.util.Optional;

/**
 * A row a flag: the parser and the help read the same.
 *
 * <p>A flag is written {@code --name value}, {@code --name=value} or with one dash; a switch is {@code --name} or {@code --name=false}.
 * Words separated by {@code |} are all that a flag takes; in brackets they may be left out, which means true.
 */
public enum Flag {
    ROOT("root", "", "DIR", "where the containers' state is kept (default: /run/carafe, or XDG_RUNTIME_DIR/carafe for an ordinary user)"),
    LOG("log", "", "FILE", "write errors to FILE (or file:FILE) too, not only to stderr"),
    LOG_FORMAT("log-format", "", "text|json", "form of what --log gets (default: text)"),
    LOG_LEVEL("log-level", "", "error|warning|info|debug", "write this and what is worse to --log (default: error)"),
    DEBUG("debug", "", "", "write warnings to --log, too"),
    SYSTEMD_CGROUP("systemd-cgroup", "", "", "let systemd make the cgroup: a scope unit; cgroupsPath is slice:prefix:name"),
    CGROUP_MANAGER("cgroup-manager", "", "cgroupfs|systemd|disabled", "who makes the cgroups (default: cgroupfs); disabled: nobody"),
    ROOTLESS_CGROUP("rootless", "", "[true|false|auto]", "go without the cgroups that the caller may not make (default: auto, for an ordinary user and for root of a user namespace)"),
    TRUST_ANNOTATIONS("trust-annotations", "", "", "follow annotations that give more than the rest of config.json, though an image may have brought them:"
            + " run.oci.keep_original_groups as root, any org.systemd.property.*"),
    CRIU("criu", "", "FILE", "the program of CRIU, for checkpoint and restore (default: criu)"),
    TRACE("trace", "", "FILE", "write each system call to FILE as trace-event JSON, for carafe trace, chrome://tracing or ui.perfetto.dev"),
    HELP("help", "h", "", "show this help"),
    VERSION("version", "v", "", "show the version"),
    BUNDLE("bundle", "b", "DIR", "the bundle (default: the working directory)"),
    CONFIG("config", "f", "FILE", "the configuration (default: config.json in the bundle)"),
    PID_FILE("pid-file", "", "FILE", "write the container's pid to FILE"),
    CONSOLE_SOCKET("console-socket", "", "SOCKET", "send the master of the process's terminal to a unix socket"),
    PIDFD_SOCKET("pidfd-socket", "", "SOCKET", "send a pidfd of the process to a unix socket"),
    PRESERVE_FDS("preserve-fds", "", "N", "hand on N descriptors more than the standard streams, counted from 3 (from behind those of LISTEN_FDS)"),
    TTY("tty", "t", "", "run it on a terminal"),
    NO_NEW_KEYRING("no-new-keyring", "", "", "keep the caller's session keyring instead of a new one"),
    APPARMOR("apparmor", "", "PROFILE", "the AppArmor profile of the process"),
    PROCESS_LABEL("process-label", "", "LABEL", "the SELinux label of the process"),
    NO_PIVOT("no-pivot", "", "", "move the root to its place and chroot(2) to it, where the caller's root cannot be pivoted (a ramdisk)"),
    DETACH("detach", "d", "", "return as soon as the program runs"),
    NO_SUBREAPER("no-subreaper", "", "", "accepted: carafe never adopts what its containers leave"),
    KEEP("keep", "", "", "do not delete the container when it has ended"),
    OVERLAY("overlay", "", "OPTION", "put the root together from layers: " + RootfsAnnotation.options()
            + "; each wins over the annotation io.carafe.rootfs.*; may be given again"),
    PROCESS("process", "p", "FILE", "the process, as the object of config.json"),
    CWD("cwd", "", "DIR", "working directory in the container"),
    ENV("env", "e", "NAME=VALUE", "set a variable; may be given again"),
    USER("user", "u", "UID[:GID]", "numbers of user and group"),
    ADDITIONAL_GIDS("additional-gids", "g", "GID", "a further group; may be given again"),
    CAP("cap", "c", "CAP_NAME", "a further capability; may be given again"),
    NO_NEW_PRIVS("no-new-privs", "", "", "set process.noNewPrivileges"),
    CGROUP("cgroup", "", "PATH", "run in a cgroup below the container's; as CTRL:PATH for a controller of cgroup v1, and again for another"),
    IGNORE_PAUSED("ignore-paused", "", "", "in a paused container: wait until it is resumed"),
    FORCE("force", "f", "", "kill the container first, if need be; no error when there is none"),
    FORMAT("format", "f", "table|json", "form of the list (default: table)"),
    QUIET("quiet", "q", "", "ids only"),
    STORE("store", "", "DIR", "where unpacked layers are kept, once for all bundles; must stay as long as they"
            + " (default: /var/lib/carafe/layers, or XDG_DATA_HOME/carafe/layers for an ordinary user)"),
    TERMINAL("tty", "t", "", "the program is to run on a terminal, as a shell wants it"),
    ALL("all", "a", "", "to every process of the container; no error when there is none"),
    REGEX("regex", "", "", "the words are regular expressions: every container in whose id one is found"),
    PLAN_FORMAT("format", "f", "text|json", "form of the plan (default: text)"),
    INTERVAL("interval", "", "DURATION", "time between two counts, as 5s or 500ms (default: 5s)"),
    STATS("stats", "", "", "count once, and end"),
    RESOURCES("resources", "r", "FILE", "limits as linux.resources of config.json has them, - for stdin; other flags say nothing then"),
    BLKIO_WEIGHT("blkio-weight", "", "WEIGHT", "share of block I/O, 10 to 1000"),
    CPU_PERIOD("cpu-period", "", "MICROS", "what the quota is counted in"),
    CPU_QUOTA("cpu-quota", "", "MICROS", "CPU time in a period; -1: no limit"),
    CPU_BURST("cpu-burst", "", "MICROS", "unused quota that may be saved up"),
    CPU_SHARE("cpu-share", "", "SHARES", "share of CPU time beside other cgroups, 2 to 262144"),
    CPU_RT_PERIOD("cpu-rt-period", "", "MICROS", "what the real-time runtime is counted in (v1)"),
    CPU_RT_RUNTIME("cpu-rt-runtime", "", "MICROS", "real-time CPU time in a period (v1)"),
    CPU_IDLE("cpu-idle", "", "0|1", "1: only what others leave over"),
    CPUSET_CPUS("cpuset-cpus", "", "LIST", "CPUs, as 0-3,7"),
    CPUSET_MEMS("cpuset-mems", "", "LIST", "memory nodes, as 0-1"),
    MEMORY("memory", "", "BYTES", "limit of memory, as 64m; -1: none"),
    MEMORY_RESERVATION("memory-reservation", "", "BYTES", "what is not taken away under pressure, as 64m"),
    MEMORY_SWAP("memory-swap", "", "BYTES", "limit of memory and swap together, as 128m; -1: none"),
    KERNEL_MEMORY("kernel-memory", "", "BYTES", "accepted with a warning: kernels since Linux 5.16 have no such limit"),
    KERNEL_MEMORY_TCP("kernel-memory-tcp", "", "BYTES", "accepted with a warning, likewise"),
    PIDS_LIMIT("pids-limit", "", "COUNT", "how many tasks; -1: no limit"),
    L3_CACHE_SCHEMA("l3-cache-schema", "", "SCHEMA", "share of the L3 cache, as L3:0=7f0;1=1f (Intel RDT)"),
    MEM_BW_SCHEMA("mem-bw-schema", "", "SCHEMA", "share of memory bandwidth, as MB:0=20;1=70 (Intel RDT)"),
    IMAGE_PATH("image-path", "", "DIR", "where the images of the checkpoint are (default: checkpoint)"),
    WORK_PATH("work-path", "", "DIR", "where CRIU writes its log (default: among the images)"),
    PARENT_PATH("parent-path", "", "DIR", "images of a checkpoint or pre-dump before, counted from --image-path: only what has changed since is written"),
    LEAVE_RUNNING("leave-running", "", "", "let the container run on after the checkpoint"),
    TCP_ESTABLISHED("tcp-established", "", "", "with open TCP connections"),
    TCP_SKIP_IN_FLIGHT("tcp-skip-in-flight", "", "", "without TCP connections that are being made"),
    TCP_CLOSE("tcp-close", "", "", "close the TCP connections that were open"),
    LINK_REMAP("link-remap", "", "", "give a deleted file that is open a name for as long as it takes"),
    EXT_UNIX_SK("ext-unix-sk", "", "", "with unix sockets whose other end is outside"),
    SHELL_JOB("shell-job", "", "", "with a terminal and a session of the outside"),
    LAZY_PAGES("lazy-pages", "", "", "leave memory where it is, and fetch it when it is used"),
    STATUS_FD("status-fd", "", "NUMBER", "descriptor that gets a zero byte when the page server of --lazy-pages is ready"),
    PAGE_SERVER("page-server", "", "ADDRESS:PORT", "send the memory to criu page-server there; with --lazy-pages: wait there for who fetches it"),
    FILE_LOCKS("file-locks", "", "", "with file locks"),
    PRE_DUMP("pre-dump", "", "", "save memory alone, and let the container run on"),
    MANAGE_CGROUPS_MODE("manage-cgroups-mode", "", "soft|full|strict|ignore", "what is done with cgroups below the container's, and their limits (default: soft)"),
    NETWORK_LOCK("network-lock", "", "iptables|nftables|skip", "how packets are held back meanwhile (default: iptables)"),
    EMPTY_NS("empty-ns", "", "NAMESPACE", "a namespace whose contents are not saved: network, which is so always"),
    AUTO_DEDUP("auto-dedup", "", "", "drop memory that is in a later image"),
    LSM_PROFILE("lsm-profile", "", "TYPE:LABEL", "another label than at the checkpoint: apparmor:NAME or selinux:CONTEXT"),
    LSM_MOUNT_CONTEXT("lsm-mount-context", "", "CONTEXT", "another SELinux context for mounts that have one"),
    ROOTLESS("rootless", "", "", "for an ordinary user");

    public final String name;
    public final String letter;
    public final String argument;
    public final String help;

    Flag(String name, String letter, String argument, String help) {
        this.name = name;
        this.letter = letter;
        this.argument = argument;
        this.help = help;
    }

    public boolean isSwitch() {
        return argument.isEmpty();
    }

    /** Whether {@code --name} alone means {@code --name=true}, beside what it takes. */
    public boolean mayStandAlone() {
        return argument.startsWith("[");
    }

    /** All that it takes; empty: anything. */
    List<String> choices() {
        String words = mayStandAlone() ? argument.substring(1, argument.length() - 1) : argument;
        return words.indexOf('|') < 0 ? List.of() : List.of(words.split("\\|"));
    }

    /** A flag among some, by its name or its letter. */
    static Optional<Flag> among(Iterable<Flag> flags, String text) {
        for (Flag flag : flags) {
            if (flag.name.equals(text) || flag.letter.equals(text)) {
                return Optional.of(flag);
            }
        }
        return Optional.empty();
    }

    /** As the help shows it: {@code -b, --bundle DIR}. */
    public String usage() {
        return (letter.isEmpty() ? "    " : "-" + letter + ", ") + "--" + name + (isSwitch() ? "" : mayStandAlone() ? "[=" + argument.substring(1) : " " + argument);
    }
}
