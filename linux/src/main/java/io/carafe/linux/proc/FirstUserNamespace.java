package io.carafe.linux.proc;

/** The user namespace that a machine starts with, and in which alone rights are rights to the machine. */
public final class FirstUserNamespace {

    /** Where its name is read, by readlink(2). */
    public static final String LINK = "/proc/self/ns/user";

    /** PROC_USER_INIT_INO of linux/proc_ns.h: the maps of another may be the same, its inode is not. */
    private static final String NAME = "user:[4026531837]";

    private FirstUserNamespace() {
    }

    /** Whether it is the one. @param name what {@link #LINK} leads to */
    public static boolean is(String name) {
        return name.equals(NAME);
    }
}
