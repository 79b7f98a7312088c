package io.carafe.benchmarks.process;

import com.sun.jna.Native;

/**
 * What starts and awaits a process, by JNA's direct mapping; pointers are addresses outside the heap. Java's own way starts a
 * helper first ({@code jspawnhelper}), leaves the waiting to another thread, and tells no memory.
 */
final class LibC {

    /** Room for posix_spawn_file_actions_t or posix_spawnattr_t: 80 and 336 bytes with glibc. */
    static final int OPAQUE = 512;
    /** sigset_t of glibc. */
    static final int SIGSET = 128;
    static final short POSIX_SPAWN_SETSIGDEF = 0x04;
    static final short POSIX_SPAWN_SETSIGMASK = 0x08;

    /** struct rusage: two struct timeval, then 14 longs of which the first is ru_maxrss, in KiB (getrusage(2)). */
    static final int RUSAGE = 144;
    static final int RU_MAXRSS = 32;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {
    }

    static native int posix_spawn(long pid, long path, long actions, long attributes, long argv, long envp);

    static native int posix_spawn_file_actions_init(long actions);

    static native int posix_spawn_file_actions_addopen(long actions, int fd, long path, int flags, int mode);

    static native int posix_spawnattr_init(long attributes);

    static native int posix_spawnattr_setflags(long attributes, short flags);

    static native int posix_spawnattr_setsigdefault(long attributes, long set);

    static native int posix_spawnattr_setsigmask(long attributes, long set);

    static native int wait4(int pid, long status, int options, long usage);
}
