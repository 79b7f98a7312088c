package io.carafe.shim.task;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.shim.child.Environment;
import io.carafe.shim.message.Options;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;

/** The runtime's executable. */
public final class RuntimeBinary {

    private static final String DEFAULT = "carafe";

    private RuntimeBinary() {
    }

    /** Where nobody names one: carafe, of the directory that the shim is in, else of PATH. */
    public static String besideShim(Linux linux) {
        String self = linux.paths.readlinkat(Fd.CWD, "/proc/self/exe");
        String beside = self.substring(0, self.lastIndexOf('/') + 1) + DEFAULT;
        return linux.paths.isExecutable(Fd.CWD, beside) ? beside : DEFAULT;
    }

    /** @param otherwise where the options name none */
    public static String of(Linux linux, Options options, String otherwise) {
        String name = options.binaryName().isEmpty() ? otherwise : options.binaryName();
        return Environment.executable(linux, name).orElseThrow(() -> new CallException(Code.NOT_FOUND,
                "the runtime " + name + " is in no directory of PATH"));
    }
}
