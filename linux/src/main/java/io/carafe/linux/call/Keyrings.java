package io.carafe.linux.call;

import static io.carafe.linux.KernelException.check;

import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Sys;

/** keyrings(7) by keyctl(2). */
public final class Keyrings {

    private final Kernel kernel;
    private final Memory memory;

    public Keyrings(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /**
     * keyctl(2) KEYCTL_JOIN_SESSION_KEYRING: the session keyring of that name that the caller may search, or else a new one. Names are a
     * user namespace's own (Linux 5.3).
     *
     * @return the keyring's serial number; 0 when it was the caller's already
     * @throws KernelException EDQUOT when the user's quota of keys is spent; ENOSYS without CONFIG_KEYS
     */
    public int joinSession(String name) {
        try (Memory.Frame frame = memory.frame()) {
            return (int) check("keyctl join_session_keyring " + name, kernel.call(Sys.KEYCTL.nr, ProcessFlags.KEYCTL_JOIN_SESSION_KEYRING, frame.string(name)));
        }
    }

    /** keyctl(2) KEYCTL_SETPERM. @param permissions KEY_POS_…, KEY_USR_… and the like. @throws KernelException EACCES */
    public void setperm(int key, int permissions) {
        check("keyctl setperm", kernel.call(Sys.KEYCTL.nr, ProcessFlags.KEYCTL_SETPERM, key, permissions));
    }

    /**
     * keyctl(2) KEYCTL_DESCRIBE: {@code type;uid;gid;permissions;description}, the permissions in hexadecimal.
     *
     * @param key its serial number, or KEY_SPEC_…
     * @throws KernelException EACCES without the permission to view it; ENOKEY
     */
    public String describe(int key) {
        final int longest = 4096;
        try (Memory.Frame frame = memory.frame()) {
            long buffer = frame.zeroed(longest);
            check("keyctl describe", kernel.call(Sys.KEYCTL.nr, ProcessFlags.KEYCTL_DESCRIBE, key, buffer, longest - 1));
            return memory.text(buffer);
        }
    }
}
