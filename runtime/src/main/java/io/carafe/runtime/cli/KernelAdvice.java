package io.carafe.runtime.cli;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;

/** Says of a call that is not there whether the kernel is too old for carafe. */
final class KernelAdvice {

    private static final int MAJOR = 4;
    private static final int MINOR = 18;

    private KernelAdvice() {
    }

    /** The same failure with what can be done about it. */
    static Throwable of(Linux linux, Throwable failure) {
        return failure instanceof KernelException e && e.is(Errno.ENOSYS) ? e.hint(Errno.ENOSYS, of(linux.namespaces.release())) : failure;
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
