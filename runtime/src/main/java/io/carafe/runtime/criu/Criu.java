package io.carafe.runtime.criu;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.CallerStrings;
import java.util.List;
import java.util.Optional;

/** The program criu(8): where it is, and what it says of itself. */
public final class Criu {

    /** Where its own helpers are, too (iptables, nft, tar), whatever the caller's PATH says. */
    static final String FALLBACK_PATH = "/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin";

    /** The first with all that a container needs: external pid namespaces, the freezer of cgroup2, status-ready. */
    private static final int OLDEST_MAJOR = 3;
    private static final int OLDEST_MINOR = 15;

    private final Linux linux;
    private final String program;

    private Criu(Linux linux, String program) {
        this.linux = linux;
        this.program = program;
    }

    /**
     * Looks for it.
     *
     * @param asked its file, or a name for PATH
     * @throws CriuException when there is none
     */
    public static Criu find(Linux linux, Optional<String> asked) {
        String name = asked.filter(text -> !text.isEmpty()).orElse("criu");
        if (name.indexOf('/') >= 0) {
            if (linux.paths.isExecutable(Fd.CWD, name)) {
                return new Criu(linux, name);
            }
            throw new CriuException("--criu " + name + ": there is no such program");
        }
        for (String directory : path(linux).split(":")) {
            String candidate = directory + "/" + name;
            if (directory.startsWith("/") && linux.paths.isExecutable(Fd.CWD, candidate)) {
                return new Criu(linux, candidate);
            }
        }
        throw new CriuException(name + " is not in PATH: install the package criu (Debian, Fedora, Arch), or name the program with --criu");
    }

    private static String path(Linux linux) {
        return CallerStrings.of(linux.kernel).variable("PATH").map(path -> path + ":").orElse("") + FALLBACK_PATH;
    }

    /** Its version. @throws CriuException when it is too old, or answers nothing */
    public CriuResponse.Version version() {
        CriuResponse.Version version = ask(CriuRequest.Type.VERSION).version().orElseThrow(() -> new CriuException(program + " says no version"));
        if (!version.isAtLeast(OLDEST_MAJOR, OLDEST_MINOR)) {
            throw new CriuException(program + " is version " + version + ": expected " + OLDEST_MAJOR + "." + OLDEST_MINOR + " or later");
        }
        return version;
    }

    /** What it and the kernel can do. */
    public CriuResponse.Features features() {
        return ask(CriuRequest.Type.FEATURE_CHECK).features().orElseThrow(() -> new CriuException(program + " says no features"));
    }

    private CriuResponse ask(CriuRequest.Type type) {
        try (CriuProcess process = CriuProcess.begin(linux, program, CriuProcess.Launch.of(List.of(), false))) {
            return process.perform(new CriuRequest(type, CriuOptions.NONE), (notification, fds) -> { });
        }
    }

    /** Starts it for one request. */
    public CriuProcess begin(CriuProcess.Launch launch) {
        return CriuProcess.begin(linux, program, launch);
    }
}
