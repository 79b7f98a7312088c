package io.carafe.linux.door;

import io.carafe.linux.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The errnos that a call's man page gives (section ERRORS), a row a call. Left out are those that only a mistake in the program
 * itself leads to: EFAULT, EBADF, and EINVAL where an argument of ours would have to be wrong; and what would be a lie:
 * ENOENT of unlinkat(2) and openat2(2) about a file that is there (what is absent is not masked), EINVAL of PR_CAPBSET_READ about a capability that the kernel has, EAGAIN
 * of flock(2) about a lock that nobody holds, EPIPE and ECONNRESET of sendmsg(2) about a process that is there.
 *
 * <p>A seccomp filter around us may answer anything: EPERM and ENOSYS are tried with every call, and EIO, which no fallback waits for.
 */
public final class ManPageErrnos {

    private static final List<Errno> EVERYWHERE = List.of(Errno.EIO, Errno.EPERM, Errno.ENOSYS);

    private static final Map<String, List<Errno>> ROWS = rows("""
            accept4             EAGAIN ECONNABORTED EINTR EMFILE ENFILE ENOBUFS ENOMEM
            bind                EACCES EADDRINUSE EINVAL ENAMETOOLONG ENOENT ENOMEM EROFS
            bpf                 E2BIG EACCES EINVAL ENOMEM
            capset              EINVAL
            chdir               EACCES ELOOP ENOENT ENOMEM ENOTDIR
            chroot              EACCES ENOENT ENOMEM
            clone3              EAGAIN EBUSY EINVAL ENOMEM ENOSPC EOPNOTSUPP EUSERS
            close               EDQUOT EINTR ENOSPC
            close_range         EINVAL EMFILE ENOMEM
            connect             EACCES EAGAIN ECONNREFUSED EINTR ENOENT ETIMEDOUT
            copy_file_range     EFBIG EINVAL EISDIR ENOMEM ENOSPC EOPNOTSUPP ETXTBSY EXDEV
            dup                 EMFILE
            dup3                EBUSY EINTR EMFILE
            epoll_create1       EMFILE ENFILE ENOMEM
            epoll_ctl           EEXIST ELOOP ENOENT ENOMEM ENOSPC
            epoll_pwait         EINTR
            eventfd2            EMFILE ENFILE ENODEV ENOMEM
            execve              E2BIG EACCES EAGAIN EISDIR ELIBBAD ELOOP EMFILE ENAMETOOLONG ENFILE ENOENT ENOEXEC ENOMEM ENOTDIR ETXTBSY
            execveat            E2BIG EACCES EAGAIN EISDIR ELIBBAD ELOOP EMFILE ENAMETOOLONG ENFILE ENOENT ENOEXEC ENOMEM ENOTDIR ETXTBSY
            faccessat2          EACCES ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EROFS
            fchdir              EACCES ENOTDIR
            fchmod              ENOMEM EROFS
            fchmodat            EACCES ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EROFS
            fchown              EACCES ENOMEM EROFS
            fchownat            EACCES ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EROFS
            fcntl               EACCES EAGAIN EDEADLK EMFILE EINTR ENOLCK
            flock               EINTR ENOLCK
            fsconfig            EACCES EBUSY EINVAL ENOENT ENOMEM ENODEV EOPNOTSUPP EROFS
            fsmount             EBUSY EINVAL EMFILE ENFILE ENOMEM
            fsopen              EMFILE ENFILE ENODEV ENOMEM
            fspick              EACCES EINVAL ELOOP EMFILE ENFILE ENOENT ENOMEM ENOTDIR
            fstatfs             EINTR ENOMEM EOVERFLOW
            ftruncate           EFBIG EINTR EINVAL
            getcwd              EACCES ENOENT ENOMEM ERANGE
            getxattr            ENODATA EOPNOTSUPP ERANGE
            inotify_add_watch   EACCES ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR
            inotify_init1       EMFILE ENFILE ENOMEM
            ioctl               ENOTTY EINVAL EINTR
            ioprio_set          EINVAL ESRCH
            keyctl              EACCES EDQUOT EINVAL EKEYEXPIRED EKEYREVOKED ENOKEY ENOMEM EOPNOTSUPP
            kill                ESRCH
            linkat              EACCES EDQUOT EEXIST ELOOP EMLINK ENOENT ENOMEM ENOSPC EROFS EXDEV
            listen              EADDRINUSE
            lsetxattr           EDQUOT EEXIST ENODATA ENOSPC EOPNOTSUPP ERANGE
            memfd_create        EMFILE ENFILE ENOMEM EACCES
            mkdirat             EACCES EDQUOT EEXIST ELOOP EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EROFS
            mknodat             EACCES EDQUOT EEXIST EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EROFS
            mount               EACCES EBUSY EINVAL ELOOP EMFILE ENAMETOOLONG ENODEV ENOENT ENOMEM ENOSPC ENOTBLK ENOTDIR ENXIO EROFS
            mount_setattr       EBUSY EINVAL EMFILE ENFILE ENOENT ENOMEM ENOSPC
            move_mount          EINVAL ELOOP ENOENT ENOMEM ENOSPC ENOTDIR
            name_to_handle_at   ENOTDIR EOPNOTSUPP EOVERFLOW
            open_tree           EINVAL ELOOP EMFILE ENFILE ENOENT ENOMEM ENOSPC
            openat              EACCES EBUSY EDQUOT EEXIST EINTR EINVAL EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT ENOMEM ENOSPC ENOTDIR ENXIO EOVERFLOW EROFS ETXTBSY
            openat2             EACCES EAGAIN EINVAL EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ENOMEM ENOSPC ENOTDIR ENXIO EROFS EXDEV E2BIG
            personality         EINVAL
            pidfd_getfd         EMFILE ENFILE ESRCH
            pidfd_open          EINVAL EMFILE ENFILE ENODEV ENOMEM ESRCH
            pidfd_send_signal   EINVAL ESRCH
            pipe2               EMFILE ENFILE
            pivot_root          EBUSY EINVAL ENOTDIR
            ppoll               EINTR EINVAL ENOMEM
            prctl               EACCES EBUSY ENXIO EOPNOTSUPP
            prlimit64           EINVAL ESRCH
            read                EAGAIN EINTR EINVAL EISDIR
            readlinkat          EACCES EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR
            recvfrom            EAGAIN ECONNREFUSED EINTR ENOMEM
            recvmsg             EAGAIN ECONNREFUSED EINTR ENOMEM EMFILE
            renameat2           EACCES EBUSY EDQUOT EEXIST EINVAL EISDIR ELOOP EMLINK ENOENT ENOMEM ENOSPC ENOTDIR ENOTEMPTY EROFS EXDEV
            sched_setaffinity   EINVAL ESRCH
            sched_setattr       E2BIG EBUSY EINVAL ESRCH
            seccomp             EACCES EBUSY EINVAL ENOMEM EOPNOTSUPP ESRCH
            sendfile            EAGAIN EINVAL ENOMEM EOVERFLOW
            sendmsg             EAGAIN EDESTADDRREQ EINTR EMSGSIZE ENOBUFS ENOMEM ENOTCONN ETOOMANYREFS
            sendto              EAGAIN EDESTADDRREQ EINTR EMSGSIZE ENOBUFS ENOMEM ENOTCONN
            set_mempolicy       EINVAL ENOMEM
            setgroups           EINVAL ENOMEM
            sethostname         EINVAL ENAMETOOLONG
            setns               EINVAL ENOMEM ESRCH EUSERS
            setpriority         EACCES EINVAL ESRCH
            setresgid           EINVAL
            setresuid           EAGAIN EINVAL
            setxattr            EDQUOT EEXIST ENODATA ENOSPC EOPNOTSUPP ERANGE
            signalfd4           EINVAL EMFILE ENFILE ENODEV ENOMEM
            socket              EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT
            socketpair          EAFNOSUPPORT EMFILE ENFILE EOPNOTSUPP EPROTONOSUPPORT
            statfs              EACCES EINTR ELOOP ENOENT ENOMEM ENOTDIR EOVERFLOW
            statx               EACCES ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR
            symlinkat           EACCES EDQUOT EEXIST ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EROFS
            timerfd_create      EINVAL EMFILE ENFILE ENODEV ENOMEM
            timerfd_settime     EINVAL ECANCELED
            umount2             EAGAIN EBUSY EINVAL ENAMETOOLONG ENOENT ENOMEM
            unlinkat            EACCES EBUSY EISDIR ELOOP ENOMEM ENOTDIR ENOTEMPTY EROFS
            unshare             EINVAL ENOMEM ENOSPC EUSERS
            utimensat           EACCES EINVAL ELOOP ENAMETOOLONG ENOENT ENOTDIR EROFS ESRCH
            wait4               ECHILD EINTR
            waitid              EAGAIN ECHILD EINTR
            write               EAGAIN EDQUOT EFBIG EINTR EINVAL ENOSPC EPIPE EBUSY
            """);

    private ManPageErrnos() {
    }

    /** @param call by its name in section 2, as {@code openat} */
    public static List<Errno> of(String call) {
        TreeSet<Errno> errnos = new TreeSet<>(EVERYWHERE);
        errnos.addAll(ROWS.getOrDefault(call, List.of()));
        return List.copyOf(errnos);
    }

    /** The calls that have a row. */
    static List<String> calls() {
        return List.copyOf(ROWS.keySet());
    }

    private static Map<String, List<Errno>> rows(String text) {
        Map<String, List<Errno>> rows = new TreeMap<>();
        for (String line : text.lines().toList()) {
            String[] words = line.trim().split(" +");
            List<Errno> errnos = new ArrayList<>();
            for (int i = 1; i < words.length; i++) {
                errnos.add(Errno.valueOf(words[i]));
            }
            rows.put(words[0], errnos);
        }
        return rows;
    }
}
