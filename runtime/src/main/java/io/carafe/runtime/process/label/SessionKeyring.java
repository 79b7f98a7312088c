package io.carafe.runtime.process.label;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import java.util.Optional;

/**
 * The container's session keyring (keyrings(7)): without one of its own, a container would have the keys of whoever started it.
 *
 * <p>Its name is the one that runc gives, so that whoever looks through /proc/keys finds it.
 */
public final class SessionKeyring {

    /** What a new session keyring has, and search for its owner: only then can exec join it by its name. */
    private static final int PERMISSIONS = ProcessFlags.KEY_POS_ALL | ProcessFlags.KEY_USR_VIEW | ProcessFlags.KEY_USR_READ | ProcessFlags.KEY_USR_LINK
            | ProcessFlags.KEY_USR_SEARCH;

    private final Linux linux;
    private final String name;
    private final Optional<String> label;

    private SessionKeyring(Linux linux, String name, Optional<String> label) {
        this.linux = linux;
        this.name = name;
        this.label = label;
    }

    /** @param label of SELinux, for a keyring that is made */
    public static SessionKeyring of(Linux linux, String name, Optional<String> label) {
        return new SessionKeyring(linux, name, label);
    }

    /** The name of a container's. */
    public static String name(String containerId) {
        return "_ses." + containerId;
    }

    /**
     * The caller's session keyring is a new one, which its owner may search. As the root of the container, before its user changes: a
     * keyring counts for who makes it, and root's quota is the larger.
     */
    public void make(AttributeFiles files) {
        if (join(files)) {
            linux.keyrings.setperm(ProcessFlags.KEY_SPEC_SESSION_KEYRING, PERMISSIONS);
        }
    }

    /** The caller's session keyring is that of the container. As the root of the container. @return false where the kernel has no keyrings */
    public boolean join(AttributeFiles files) {
        // Ends with execve(2), as attr/exec does.
        label.ifPresent(text -> files.write(Labels.OWN + "keycreate", text));
        try {
            linux.keyrings.joinSession(name);
            return true;
        } catch (KernelException e) {
            // ENOSYS: a kernel without CONFIG_KEYS, in any version; then there are no keys that could be seen.
            if (!e.is(Errno.ENOSYS)) {
                throw e.hint(Errno.EDQUOT, "the user has too many keyrings: raise kernel.keys.maxkeys, or give --no-new-keyring")
                        .hint(Errno.EPERM, "keyctl is not allowed here: give --no-new-keyring")
                        .hint(Errno.EACCES, "keyctl is not allowed here: give --no-new-keyring");
            }
            return false;
        }
    }
}
