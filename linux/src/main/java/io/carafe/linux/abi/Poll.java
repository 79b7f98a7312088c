package io.carafe.linux.abi;

/** poll(2), epoll(7), inotify(7). */
public final class Poll {

    public static final int POLLIN = 1;
    /** An event without data: the content of a cgroup2 file has changed. */
    public static final int POLLPRI = 2;
    public static final int POLLOUT = 4;
    public static final int POLLERR = 8;
    public static final int POLLHUP = 16;
    public static final int POLLNVAL = 32;

    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;

    /** A file that was open for writing was closed. */
    public static final int IN_CLOSE_WRITE = 8;

    private Poll() {
    }
}
