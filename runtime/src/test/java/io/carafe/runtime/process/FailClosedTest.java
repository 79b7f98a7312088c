package io.carafe.runtime.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.SeccompFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.rootfs.path.WrappedKernel;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only the errno that means absence is taken for one; any other is told. */
class FailClosedTest {

    private static final int LAST_CAPABILITY = 40;

    /** The kernel, of which one call answers with an errno where its arguments are so. */
    private static Linux answering(Errno errno, Sys call, java.util.function.LongBinaryOperator isFailing) {
        return Linux.over(new WrappedKernel(Door.open()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                return nr == call.nr && isFailing.applyAsLong(a, b) != 0 ? -errno.number : kernel.call(nr, a, b, c, d, e, f);
            }
        });
    }

    private static Linux answering(Errno errno, Sys call) {
        return answering(errno, call, (a, b) -> 1);
    }

    private static Linux capbsetRead(Errno errno, int from) {
        return answering(errno, Sys.PRCTL, (a, b) -> a == ProcessFlags.PR_CAPBSET_READ && b >= from ? 1 : 0);
    }

    private static void tells(Errno errno, Function<Errno, Linux> kernel, Consumer<Linux> call) {
        assertEquals(errno, assertThrows(KernelException.class, () -> call.accept(kernel.apply(errno))).errno());
    }

    @ParameterizedTest
    @EnumSource(value = Errno.class, names = {"EIO", "EPERM", "ENOSYS", "EACCES", "ENOMEM", "EFAULT"})
    void a_bounding_set_that_cannot_be_read_is_not_an_empty_one(Errno errno) {
        tells(errno, any -> capbsetRead(any, 0), linux -> linux.credentials.boundingSet());
        tells(errno, any -> capbsetRead(any, 5), linux -> linux.credentials.boundingSet());
        tells(errno, any -> capbsetRead(any, 0), linux -> linux.credentials.inBoundingSet(1));
    }

    @Test
    void the_last_capability_is_told_by_EINVAL() {
        Linux linux = Linux.over(Door.open());
        assertEquals(linux.credentials.boundingSet() & (1L << LAST_CAPABILITY) - 1, capbsetRead(Errno.EINVAL, LAST_CAPABILITY).credentials.boundingSet());
        assertFalse(linux.credentials.inBoundingSet(63));
    }

    /** A filter may answer EINVAL as well: every kernel that carafe runs on has the capabilities up to 37, and they have no gaps. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 37})
    void a_capability_that_every_kernel_has_is_not_the_end(int capability) {
        Linux once = answering(Errno.EINVAL, Sys.PRCTL, (a, b) -> a == ProcessFlags.PR_CAPBSET_READ && b == capability ? 1 : 0);
        assertThrows(KernelException.class, once.credentials::boundingSet);
        assertThrows(KernelException.class, capbsetRead(Errno.EINVAL, capability).credentials::boundingSet);
        Linux gap = answering(Errno.EINVAL, Sys.PRCTL, (a, b) -> a == ProcessFlags.PR_CAPBSET_READ && b == 39 ? 1 : 0);
        assertThrows(KernelException.class, gap.credentials::boundingSet);
    }

    /** A filter that answers EINVAL for all that came after 37 leaves no trace; so they are dropped unasked. */
    @Test
    void a_capability_that_is_said_not_to_be_is_dropped_all_the_same() {
        Set<Long> dropped = new TreeSet<>();
        Linux.over(new WrappedKernel(Door.open()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                if (nr == Sys.PRCTL.nr && a == ProcessFlags.PR_CAPBSET_DROP) {
                    dropped.add(b);
                    return b > LAST_CAPABILITY ? -Errno.EINVAL.number : 0;
                }
                boolean read = nr == Sys.PRCTL.nr && a == ProcessFlags.PR_CAPBSET_READ;
                return !read ? kernel.call(nr, a, b, c, d, e, f) : b > 37 ? -Errno.EINVAL.number : b < 3 ? 1 : 0;
            }
        }).credentials.keepInBoundingSet(1L << 1 | 1L << 39);
        assertTrue(dropped.containsAll(List.of(0L, 2L, 38L, 40L)), dropped::toString);
        assertFalse(dropped.contains(1L) || dropped.contains(39L), dropped::toString);
    }

    /** It "always succeeds", but for a filter: its answer would be taken for the mask that was there before. */
    @Test
    void a_umask_that_is_refused_is_told() {
        tells(Errno.EPERM, any -> answering(any, Sys.UMASK), linux -> linux.paths.umask(022));
    }

    @ParameterizedTest
    @EnumSource(value = Errno.class, names = {"EIO", "ENOSYS", "ENOMEM"})
    void whether_groups_can_be_set_is_told_by_EPERM_alone(Errno errno) {
        tells(errno, any -> answering(any, Sys.SETGROUPS), linux -> linux.credentials.maySetgroups());
        assertFalse(answering(Errno.EPERM, Sys.SETGROUPS).credentials.maySetgroups());
        assertTrue(answering(Errno.EFAULT, Sys.SETGROUPS).credentials.maySetgroups());
    }

    @ParameterizedTest
    @EnumSource(value = Errno.class, names = {"EPERM", "EACCES", "ENOMEM"})
    void a_seccomp_that_does_not_answer_is_not_one_without_a_flag(Errno errno) {
        tells(errno, any -> answering(any, Sys.SECCOMP), linux -> linux.bpf.hasSeccompFlag(SeccompFlags.SECCOMP_FILTER_FLAG_SPEC_ALLOW));
        tells(errno, any -> answering(any, Sys.SECCOMP), linux -> linux.bpf.hasSeccompAction(SeccompFlags.SECCOMP_RET_KILL_PROCESS));
        assertFalse(answering(Errno.EINVAL, Sys.SECCOMP).bpf.hasSeccompFlag(SeccompFlags.SECCOMP_FILTER_FLAG_SPEC_ALLOW));
        assertFalse(answering(Errno.ENOSYS, Sys.SECCOMP).bpf.hasSeccompFlag(SeccompFlags.SECCOMP_FILTER_FLAG_SPEC_ALLOW));
        assertFalse(answering(Errno.EOPNOTSUPP, Sys.SECCOMP).bpf.hasSeccompAction(SeccompFlags.SECCOMP_RET_KILL_PROCESS));
        assertFalse(answering(Errno.EINVAL, Sys.SECCOMP).bpf.hasSeccompAction(SeccompFlags.SECCOMP_RET_KILL_PROCESS));
    }

    /** Else the next directory of PATH, which may be another's, would give the program. */
    @ParameterizedTest
    @EnumSource(value = Errno.class, names = {"EIO", "ENOMEM", "ELOOP"})
    void a_directory_of_PATH_that_cannot_be_looked_into_is_not_passed_over(Errno errno) {
        tells(errno, any -> answering(any, Sys.STATX), linux -> new Executable(linux).find("no-such-program", "/bin:/usr/bin"));
        tells(errno, any -> answering(any, Sys.FACCESSAT2), linux -> new Executable(linux).find("sh", "/bin:/usr/bin"));
        tells(errno, any -> answering(any, Sys.STATX), linux -> new Executable(linux).find("/no-such-program", ""));
    }
}
