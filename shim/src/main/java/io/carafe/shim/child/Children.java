package io.carafe.shim.child;

import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.loop.Loop;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Starts programs, and tells how each child ended: one that was started here, or that became the shim's when its parent, the
 * runtime, ended (PR_SET_CHILD_SUBREAPER).
 *
 * <p>A container's init may have ended before anybody here knows its pid. So while somebody expects to learn of a new child the
 * ends of unknown ones are kept.
 */
public final class Children {

    private static final long PAUSE_MILLIS = 100;

    private final Linux linux;
    private final Loop loop;
    private final long signalMask;
    private final Map<Integer, Consumer<Exit>> awaited = new HashMap<>();
    private final Map<Integer, Exit> early = new HashMap<>();
    private int expecting;
    private boolean lookAgain;

    /**
     * Blocks SIGCHLD and becomes the reaper of all descendants.
     *
     * @param signalMask what a program is to start with
     */
    public Children(Linux linux, Loop loop, long signalMask) {
        this.linux = linux;
        this.loop = loop;
        this.signalMask = signalMask;
        linux.processes.prctl(ProcessFlags.PR_SET_CHILD_SUBREAPER, 1, 0);
        long set = Signal.bit(Signal.SIGCHLD.number);
        linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, set);
        Fd signals = linux.processes.signalfd(set);
        loop.watch(signals, POLLIN, events -> {
            linux.processes.nextSignal(signals);
            reap();
        });
    }

    /** Starts a program. @param ended called once, from the loop */
    public int start(Program program, Consumer<Exit> ended) {
        return start(() -> program.execute(linux, signalMask), ended);
    }

    /** Starts a child. @param life what it does; never returns */
    public int start(Runnable life, Consumer<Exit> ended) {
        Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
        if (clone.isChild()) {
            life.run();
        }
        clone.pidfd().orElseThrow().close();
        awaited.put(clone.pid(), ended);
        return clone.pid();
    }

    /** The same, for one that may be cut short. @param ended gets, too, why it was */
    public Call call(Program program, BiConsumer<Exit, Optional<String>> ended) {
        Call call = new Call(linux);
        call.begun(start(program, exit -> {
            call.ended();
            ended.accept(exit, call.cut());
        }));
        return call;
    }

    /** From now on a child whose pid is not known yet may end. Each call wants its {@link #expectNoMore}. */
    public void expect() {
        expecting++;
    }

    public void expectNoMore() {
        expecting--;
        if (expecting == 0) {
            early.clear();
        }
    }

    /** A child that the runtime left us. @param ended called once; at once where it has ended already */
    public void await(int pid, Consumer<Exit> ended) {
        Exit exit = early.remove(pid);
        if (exit != null) {
            ended.accept(exit);
        } else {
            awaited.put(pid, ended);
        }
    }

    /** Whether a child whose pid somebody has learnt has not been reaped, while {@link #expect}: else the number may be another's by now. */
    public boolean isUnreaped(int pid) {
        return !early.containsKey(pid);
    }

    private void reap() {
        boolean any = false;
        try {
            for (Optional<Exit> exit = linux.processes.reap(); exit.isPresent(); exit = linux.processes.reap()) {
                any = true;
                ended(exit.get());
            }
        } catch (KernelException e) {
            loop.after(PAUSE_MILLIS, this::reap); // the signal that was read for them is not sent again
            throw e;
        }
        // A signal and nobody who has ended: of two signals the first may have told of both, and whoever answered may have been wrong.
        lookAgain = !any && !lookAgain && !awaited.isEmpty();
        if (lookAgain) {
            loop.after(PAUSE_MILLIS, this::reap);
        }
    }

    /** What one of those who wait does wrong keeps no other end from being heard. */
    private void ended(Exit exit) {
        Consumer<Exit> who = awaited.remove(exit.pid());
        if (who != null) {
            try {
                who.accept(exit);
            } catch (RuntimeException | Error e) {
                loop.tell(Failures.asException(e));
            }
        } else if (expecting > 0) {
            early.put(exit.pid(), exit);
        }
    }
}
