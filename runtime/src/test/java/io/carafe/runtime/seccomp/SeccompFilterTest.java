package io.carafe.runtime.seccomp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.SeccompFlags;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.linux.door.Door;
import io.carafe.spec.OciVersion;
import io.carafe.spec.codec.StateJson;
import io.carafe.spec.features.SeccompFeatures;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.SeccompFlag;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import io.carafe.spec.state.ContainerProcessState;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Filters on the real kernel. A filter is its thread's for life, so each test has a thread that ends with it. */
@Timeout(60)
class SeccompFilterTest {

    private static final int GETPRIORITY = Arch.HERE == Arch.X86_64 ? 140 : 141;
    private static final int UNSHARE = Sys.UNSHARE.nr;

    private final Linux linux = Linux.over(Door.open());

    private static Seccomp profile(Action byDefault, Syscall... rules) {
        return new Seccomp(byDefault, OptionalLong.empty(), List.of(), Optional.empty(), Optional.of("/run/agent.sock"), Optional.of("opaque"), List.of(rules));
    }

    private static Syscall rule(Action action, OptionalLong errno, String name, SyscallArg... args) {
        return new Syscall(List.of(name), action, errno, List.of(args));
    }

    /** Runs something in a thread of its own under a filter. */
    private <T> T under(Seccomp profile, Callable<T> body) throws Exception {
        return inThread(() -> {
            // An ordinary user may load a filter then too; it is the thread's alone.
            linux.processes.prctl(ProcessFlags.PR_SET_NO_NEW_PRIVS, 1, 0);
            SeccompFilter.load(linux, SeccompPlan.of(profile, Arch.HERE)).ifPresent(Fd::close);
            return body.call();
        }).get(180, TimeUnit.SECONDS);
    }

    private static <T> CompletableFuture<T> inThread(Callable<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(body.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private long call(int nr, long... args) {
        long[] six = Arrays.copyOf(args, 6);
        return linux.kernel.call(nr, six[0], six[1], six[2], six[3], six[4], six[5]);
    }

    @Test
    void a_denied_call_fails_with_its_errno_and_others_go_on() throws Exception {
        Seccomp profile = profile(Action.SCMP_ACT_ALLOW, rule(Action.SCMP_ACT_ERRNO, OptionalLong.empty(), "getpriority"),
                rule(Action.SCMP_ACT_ERRNO, OptionalLong.of(Errno.ENOSPC.number), "unshare"));
        long[] results = under(profile, () -> new long[] {call(GETPRIORITY, 0, 0), call(UNSHARE, 0), call(Sys.GETPPID.nr)});
        assertArrayEquals(new long[] {-Errno.EPERM.number, -Errno.ENOSPC.number, linux.processes.getppid()}, results);
    }

    @Test
    void arguments_decide_on_64_bits() throws Exception {
        final long value = 0x1_0000_0005L;
        Seccomp profile = profile(Action.SCMP_ACT_ALLOW,
                rule(Action.SCMP_ACT_ERRNO, OptionalLong.of(Errno.ENOSPC.number), "getpriority", new SyscallArg(2, value, 0, Operator.SCMP_CMP_EQ)));
        long[] results = under(profile, () -> new long[] {call(GETPRIORITY, 0, 0, value), call(GETPRIORITY, 0, 0, 5)});
        assertEquals(-Errno.ENOSPC.number, results[0]);
        assertTrue(results[1] > 0, "getpriority " + results[1]);
    }

    @Test
    void the_other_threads_have_no_filter() throws Exception {
        under(profile(Action.SCMP_ACT_ALLOW, rule(Action.SCMP_ACT_ERRNO, OptionalLong.empty(), "getpriority")), () -> 0);
        assertTrue(call(GETPRIORITY, 0, 0) > 0);
    }

    @Test
    void every_flag_that_the_kernel_has_is_accepted_by_it() throws Exception {
        SeccompFeatures features = SeccompNames.features(linux);
        assertTrue(features.supportedFlags().orElseThrow().contains("SECCOMP_FILTER_FLAG_LOG"));
        Seccomp plain = profile(Action.SCMP_ACT_ALLOW);
        for (SeccompFlag flag : SeccompFlag.values()) {
            // TSYNC would put all threads of this JVM under the filter.
            if (flag != SeccompFlag.SECCOMP_FILTER_FLAG_TSYNC && features.supportedFlags().get().contains(flag.text())) {
                Seccomp profile = new Seccomp(plain.defaultAction(), plain.defaultErrnoRet(), List.of(), Optional.of(List.of(flag)),
                        plain.listenerPath(), Optional.empty(), List.of(rule(Action.SCMP_ACT_NOTIFY, OptionalLong.empty(), "unshare")));
                assertEquals(0, under(profile, () -> 0));
            }
        }
    }

    @Test
    void the_kernel_tells_which_return_values_it_has() {
        assertTrue(linux.bpf.hasSeccompAction(SeccompFlags.SECCOMP_RET_USER_NOTIF));
        assertTrue(linux.bpf.hasSeccompAction(SeccompFlags.SECCOMP_RET_KILL_PROCESS));
        assertFalse(linux.bpf.hasSeccompAction(0x12340000));
    }

    @Test
    void the_agent_gets_the_descriptor_with_the_state_and_answers_with_it(@TempDir Path dir) throws Exception {
        Seccomp profile = profile(Action.SCMP_ACT_ALLOW, rule(Action.SCMP_ACT_NOTIFY, OptionalLong.empty(), "getpriority"));
        CompletableFuture<Fd> loaded = new CompletableFuture<>();
        CompletableFuture<Long> answered = inThread(() -> {
            linux.processes.prctl(ProcessFlags.PR_SET_NO_NEW_PRIVS, 1, 0);
            Linux own = Linux.over(Door.open());
            loaded.complete(SeccompFilter.load(own, SeccompPlan.of(profile, Arch.HERE)).orElseThrow());
            return own.kernel.call(GETPRIORITY, 0, 0, 42);
        });
        String path = dir.resolve("agent.sock").toString();
        State state = new State(OciVersion.CURRENT, "web", Status.CREATING, OptionalInt.of(77), "/bundle", Map.of("k", "v"));
        try (Fd agent = linux.sockets.listen(path, SocketFlags.SOCK_STREAM); Fd notifications = loaded.get(180, TimeUnit.SECONDS)) {
            SeccompPlan plan = new SeccompPlan(new long[0], 0, Optional.of(new SeccompPlan.Listener(path, Optional.of("opaque"))), false);
            SeccompAgent.send(linux, plan, 77, state, notifications);
            try (Fd connection = linux.sockets.accept(agent)) {
                Sockets.Message message = linux.sockets.receive(connection, 4096);
                assertEquals(new ContainerProcessState(OciVersion.CURRENT, List.of("seccompFd"), 77, Optional.of("opaque"), state),
                        StateJson.readProcessState(message.content(), 0, message.content().length));
                assertEquals(0, linux.sockets.receive(connection, 1).content().length, "the connection is closed after one state");
                try (Fd received = message.fds().get(0)) {
                    assertEquals(GETPRIORITY, answer(received, Errno.EDOM.number));
                }
            }
        }
        assertEquals(-Errno.EDOM.number, answered.get(180, TimeUnit.SECONDS));
    }

    /** seccomp_unotify(2): receives a notification and lets the call fail. @return the number of the call */
    private int answer(Fd notifications, int errno) {
        final int receive = 0xc0502100;
        final int send = 0xc0182101;
        try (Memory.Frame frame = new Memory(linux.kernel).frame()) {
            long notification = frame.zeroed(80);
            assertEquals(0, linux.kernel.call(Sys.IOCTL.nr, notifications.number(), receive & 0xffffffffL, notification));
            long response = frame.zeroed(24);
            linux.kernel.putLong(response, linux.kernel.getLong(notification));
            linux.kernel.putInt(response + 16, -errno);
            assertEquals(0, linux.kernel.call(Sys.IOCTL.nr, notifications.number(), send & 0xffffffffL, response));
            return linux.kernel.getInt(notification + 16);
        }
    }
}
