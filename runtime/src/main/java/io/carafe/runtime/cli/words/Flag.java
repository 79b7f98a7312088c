package io.carafe.runtime.cli;

import io.carafe.runtime.rootfs.overlay.RootfsAnnotation;
import java.util.Optional;

/**
 * A row a flag: the parser and the help read the same.
 *
 * <p>A flag is written {@code --name value}, {@code --name=value} or with one dash; a switch is {@code --name} or {@code --name=false}.
 */
enum Flag {
    ROOT("root", "", "DIR", "where the containers' state is kept (default: /run/carafe, or XDG_RUNTIME_DIR/carafe for an ordinary user)"),
    LOG("log", "", "FILE", "write errors to FILE too, not only to stderr"),
    LOG_FORMAT("log-format", "", "text|json", "form of what --log gets (default: text)"),
    DEBUG("debug", "", "", "write warnings to --log, too"),
    TRACE("trace", "", "FILE", "write each system call to FILE as trace-event JSON"),
    HELP("help", "h", "", "show this help"),
    VERSION("version", "v", "", "show the version"),
    BUNDLE("bundle", "b", "DIR", "the bundle (default: the working directory)"),
    PID_FILE("pid-file", "", "FILE", "write the container's pid to FILE"),
    NO_PIVOT("no-pivot", "", "", "move the root to its place and chroot(2) to it, where the caller's root cannot be pivoted (a ramdisk)"),
    DETACH("detach", "d", "", "return as soon as the program runs"),
    KEEP("keep", "", "", "do not delete the container when it has ended"),
    OVERLAY("overlay", "", "OPTION", "put the root together from layers: " + RootfsAnnotation.options()
            + "; each wins over the annotation io.carafe.rootfs.*; may be given again"),
    PROCESS("process", "p", "FILE", "the process, as the object of config.json"),
    CWD("cwd", "", "DIR", "working directory in the container"),
    ENV("env", "e", "NAME=VALUE", "set a variable; may be given again"),
    USER("user", "u", "UID[:GID]", "numbers of user and group"),
    FORCE("force", "f", "", "kill the container first, if need be; no error when there is none"),
    FORMAT("format", "f", "table|json", "form of the list (default: table)"),
    QUIET("quiet", "q", "", "ids only"),
    STORE("store", "", "DIR", "where unpacked layers are kept, once for all bundles; must stay as long as they"
            + " (default: /var/lib/carafe/layers, or XDG_DATA_HOME/carafe/layers for an ordinary user)"),
    ROOTLESS("rootless", "", "", "for an ordinary user");

    final String name;
    private final String letter;
    final String argument;
    final String help;

    Flag(String name, String letter, String argument, String help) {
        this.name = name;
        this.letter = letter;
        this.argument = argument;
        this.help = help;
    }

    boolean isSwitch() {
        return argument.isEmpty();
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
    String usage() {
        return (letter.isEmpty() ? "    " : "-" + letter + ", ") + "--" + name + (isSwitch() ? "" : " " + argument);
    }
}
