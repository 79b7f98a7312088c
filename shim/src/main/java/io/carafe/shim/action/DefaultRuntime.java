package io.carafe.shim.action;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;

/** The runtime where nobody names one: carafe, of the directory that the shim is in, else of PATH. */
final class DefaultRuntime {

    private static final String NAME = "carafe";

    private DefaultRuntime() {
    }

    static String of(Linux linux) {
        String self = linux.paths.readlinkat(Fd.CWD, "/proc/self/exe");
        String beside = self.substring(0, self.lastIndexOf('/') + 1) + NAME;
        return linux.paths.isExecutable(Fd.CWD, beside) ? beside : NAME;
    }
}
