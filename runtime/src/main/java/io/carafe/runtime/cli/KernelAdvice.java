package io.carafe.runtime.cli;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.util.Set;

/** Says what is missing around carafe where a call fails: a newer kernel, or a /proc that it can use. */
final class KernelAdvice {

    private static final int MAJOR = 4;
    private static final int MINOR = 18;

    /** Calls that never fail by EPERM of themselves, and have no other way. */
    private static final Set<String> UNPRIVILEGED = Set.of("signalfd", "poll", "fstatfs", "getcwd");

    private KernelAdvice() {
    }

    /** The same failure with what can be done about it. */
    static Throwable of(Linux linux, Throwable failure) {
        if (!(failure instanceof KernelException)) {
            return failure;
        }
        KernelException e = (KernelException) failure;
        if (e.is(Errno.ENOSYS)) {
            return e.hint(Errno.ENOSYS, of(linux.namespaces.release()));
        }
        if (UNPRIVILEGED.contains(e.operation())) {
            return e.hint(Errno.EPERM, "a seccomp filter around carafe refuses the call");
        }
        if (!e.operation().contains(" /proc/")) {
            return e;
        }
        return e.is(Errno.ENOENT) && linux.paths.statxIfPresent(Fd.CWD, "/proc/self/stat", 0).isEmpty()
                ? e.hint(Errno.ENOENT, "/proc is not mounted, or is another pid namespace's: mount -t proc proc /proc")
                : e.hint(Errno.EROFS, "/proc is mounted read-only: mount -o remount,rw /proc");
    }

    /** @param release as uname(2) has it: {@code 4.4.302-generic} */
    static String of(String release) {
        String[] numbers = release.split("[^0-9]+", 3);
        boolean isOld;
        try {
            int major = Integer.parseInt(numbers[0]);
            isOld = major < MAJOR || major == MAJOR && Integer.parseInt(numbers[1]) < MINOR;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            isOld = false;
        }
        return isOld ? "needs Linux " + MAJOR + '.' + MINOR + ", this is " + numbers[0] + '.' + numbers[1]
                : "the kernel, or a seccomp filter around carafe, does not have the call";
    }
}
