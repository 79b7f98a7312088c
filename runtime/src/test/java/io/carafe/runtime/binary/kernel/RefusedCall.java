package io.carafe.runtime.binary.kernel;

import io.carafe.linux.abi.Arch;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.seccomp.bpf.BpfCompiler;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/** A seccomp filter around the runtime, as a cage has it, or as an older kernel answers. */
public final class RefusedCall {

    private RefusedCall() {
    }

    /** Does something under a filter that answers a call with an errno: it is the thread's, and that of every process which that starts. */
    public static <T> T around(String call, int errno, List<SyscallArg> args, Callable<T> action) {
        return around(List.of(call), errno, args, action);
    }

    /** The same of several calls. */
    public static <T> T around(List<String> calls, int errno, List<SyscallArg> args, Callable<T> action) {
        AtomicReference<T> result = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long[] filter = BpfCompiler.compile(new Seccomp(Action.SCMP_ACT_ALLOW, OptionalLong.empty(), List.of(), Optional.empty(), Optional.empty(),
                Optional.empty(), List.of(new Syscall(calls, Action.SCMP_ACT_ERRNO, OptionalLong.of(errno), args))), Arch.HERE);
        Thread thread = new Thread(() -> {
            try {
                Linux.over(Door.open()).bpf.setModeFilter(0, filter);
                result.set(action.call());
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        return result.get();
    }
}
