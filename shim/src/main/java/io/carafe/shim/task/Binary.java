package io.carafe.shim.task;

import io.carafe.linux.call.Linux;
import io.carafe.shim.child.Environment;
import io.carafe.shim.message.Options;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;

/** The runtime's executable. */
public final class Binary {

    private Binary() {
    }

    /** @param otherwise where the options name none */
    public static String of(Linux linux, Options options, String otherwise) {
        String name = options.binaryName().isEmpty() ? otherwise : options.binaryName();
        return Environment.executable(linux, name).orElseThrow(() -> new CallException(Code.NOT_FOUND,
                "the runtime " + name + " is in no directory of PATH"));
    }
}
