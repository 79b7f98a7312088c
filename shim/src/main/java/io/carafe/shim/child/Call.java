package io.carafe.shim.child;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import java.util.Optional;

/** A call of a program that is on its way, and dies with us. */
public final class Call {

    private final Linux linux;
    private int pid;
    private boolean ended;
    private Optional<String> cut = Optional.empty();

    Call(Linux linux) {
        this.linux = linux;
    }

    void begun(int asPid) {
        pid = asPid;
    }

    void ended() {
        ended = true;
    }

    /** Why it was cut short. */
    Optional<String> cut() {
        return cut;
    }

    /**
     * Cuts it short: the program is killed, and what it has started and not let go of, as a wrapper's runtime. The end of the call comes by
     * its callback, and says why.
     */
    public void cut(String why) {
        if (ended || cut.isPresent()) {
            return;
        }
        cut = Optional.of(why);
        try {
            linux.processes.kill(-pid, Signal.SIGKILL.number);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) { // it leads no group yet
                throw e;
            }
        }
        linux.processes.kill(pid, Signal.SIGKILL.number); // its own until it is reaped, of which we hear
    }
}
