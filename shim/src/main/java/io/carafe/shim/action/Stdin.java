package io.carafe.shim.action;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.shim.message.Any;
import java.util.Optional;

/** What containerd writes to an action: the runtime's options, or nothing. */
final class Stdin {

    private static final int MOST = 4 << 20;

    private Stdin() {
    }

    /** To its end. */
    static Optional<Any> options(Linux linux) {
        byte[] stdin = linux.files.readAll(Fd.borrowed(0), MOST);
        return stdin.length == 0 ? Optional.empty() : Optional.of(Any.TABLE.read(stdin));
    }
}
