package io.carafe.linux.checks.process;

import static io.carafe.linux.abi.ProcessFlags.KEY_POS_ALL;
import static io.carafe.linux.abi.ProcessFlags.KEY_SPEC_SESSION_KEYRING;
import static io.carafe.linux.abi.ProcessFlags.KEY_USR_SEARCH;
import static io.carafe.linux.abi.ProcessFlags.KEY_USR_VIEW;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.checks.Check;
import io.carafe.linux.checks.Child;
import io.carafe.linux.checks.Expect;
import java.util.List;

/** Session keyrings. */
public final class KeyringsChecks {

    private KeyringsChecks() {
    }

    public static List<Check> all() {
        return List.of(
                Check.alone("keyrings: a session keyring is new, and has the permissions that it is given", KeyringsChecks::fresh),
                Check.alone("keyrings: one that may be searched is joined by its name", KeyringsChecks::joined));
    }

    /** A child's session keyring is its own: nothing of this process changes. */
    private static void inChild(Linux linux, java.util.function.Consumer<Linux> body) {
        Child.run(linux, child -> {
            try {
                child.keyrings.describe(KEY_SPEC_SESSION_KEYRING);
            } catch (KernelException e) {
                Expect.needs(!e.is(Errno.ENOSYS), "this kernel has no keyrings");
            }
            body.accept(child);
        });
    }

    private static void fresh(Linux linux) {
        inChild(linux, child -> {
            int key = child.keyrings.joinSession("carafe-check");
            String[] described = child.keyrings.describe(key).split(";");
            Expect.equal("keyring", described[0]);
            Expect.equal("carafe-check", described[4]);
            Expect.equal(child.keyrings.describe(key), child.keyrings.describe(KEY_SPEC_SESSION_KEYRING));
            child.keyrings.setperm(key, KEY_POS_ALL | KEY_USR_VIEW);
            Expect.equal(KEY_POS_ALL | KEY_USR_VIEW, Integer.parseInt(child.keyrings.describe(key).split(";")[3], 16));
            child.keyrings.setperm(key, 0);
            Expect.fails(Errno.EACCES, () -> child.keyrings.describe(key));
        });
    }

    private static void joined(Linux linux) {
        inChild(linux, child -> {
            int searchable = child.keyrings.joinSession("carafe-check-joined");
            Child.run(child, other -> {
                other.keyrings.joinSession("carafe-check-another");
                Expect.isTrue(other.keyrings.joinSession("carafe-check-joined") != searchable, "joined");
            });
            child.keyrings.setperm(searchable, KEY_POS_ALL | KEY_USR_SEARCH);
            Child.run(child, other -> {
                Expect.equal(0, other.keyrings.joinSession("carafe-check-joined"));
                other.keyrings.joinSession("carafe-check-another");
                Expect.equal(searchable, other.keyrings.joinSession("carafe-check-joined"));
            });
        });
    }
}
