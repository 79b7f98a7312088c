package io.carafe.shim.child;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The shim's environment, and what is found by it. */
public final class Environment {

    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Environment() {
    }

    /** The shim's own but for what speaks of containerd's service manager: a container, or a program, would be taken for the service. */
    public static List<String> ofPrograms() {
        List<String> environment = all();
        environment.removeIf(variable -> variable.startsWith("NOTIFY_SOCKET="));
        return environment;
    }

    /** The same, and a word to carafe: the streams that it gets may be the container's, and what it has to say belongs in its log alone. */
    static List<String> ofRuntime() {
        List<String> environment = ofPrograms();
        environment.add("CARAFE_STDERR_OF_CONTAINER=1");
        return environment;
    }

    public static List<String> all() {
        List<String> environment = new ArrayList<>();
        System.getenv().forEach((name, value) -> environment.add(name + "=" + value));
        return environment;
    }

    /** The executable of a name: of the directories in PATH, the first that has one. A name with a slash is a path already. */
    public static Optional<String> executable(Linux linux, String name) {
        if (name.indexOf('/') >= 0) {
            return Optional.of(name);
        }
        String path = System.getenv("PATH");
        for (String directory : (path == null ? DEFAULT_PATH : path).split(":")) {
            String candidate = directory + "/" + name;
            if (!directory.isEmpty() && linux.paths.isExecutable(Fd.CWD, candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
