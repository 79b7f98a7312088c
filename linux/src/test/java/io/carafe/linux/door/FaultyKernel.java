package io.carafe.linux.door;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A door that fails one call: the n-th of one stage of a program gets an errno and is not made. It writes a line for each call
 * that it counts, {@code PID STAGE N NAME}, so that a first run without a fault tells which faults there are to try.
 *
 * <p>A stage is one life of one process: {@code parent} is the program that was started; {@code init} its first child by
 * clone3(2), {@code parent.2} the second; {@code init.1} the first child of init. When a process executes the program again, as
 * for a sealed copy of itself, the stage goes on as {@code parent+}: it is known by its pid in the file of calls, which is why
 * each run of a program wants a new file.
 *
 * <p>Some calls must be treated with care, or the test would not be true:
 * <ul>
 * <li>exit_group(2), getpid(2) and the others that have no way to fail are made and not counted;
 * <li>close(2) is made and then fails: Linux has closed the descriptor whatever it answers;
 * <li>an openat2(2) that answers EAGAIN counts once with the one that is made in its place: how often a neighbour's mount or
 *     rename makes it try again differs from run to run, and the numbers of the calls after it must not;
 * <li>all others are counted, also those that fail only for wrong arguments, as rt_sigprocmask(2): a seccomp filter around us
 *     may answer anything.
 * </ul>
 */
public final class FaultyKernel implements ForwardingKernel {

    private static final Set<Integer> NEVER_FAIL = Set.of(Sys.EXIT_GROUP.nr, Sys.GETPID.nr, Sys.GETPPID.nr, Sys.GETTID.nr,
            Sys.GETUID.nr, Sys.GETEUID.nr, Sys.GETGID.nr, Sys.GETEGID.nr, Sys.UMASK.nr);

    /** What a shell makes of SIGKILL. */
    private static final int KILLED = 137;

    /**
     * A call to fail.
     *
     * @param number from 1, in its stage
     * @param errno what it answers; empty: the call is not made, and the process is killed
     * @param memory or it gets an OutOfMemoryError, as where there is none for the call's arguments
     * @param stop or it stops itself (SIGSTOP), and makes the call when it is continued
     */
    public record Fault(String stage, int number, Optional<Errno> errno, boolean memory, boolean stop) {

        private static final String KILL = "KILL";
        public static final String MEMORY = "MEMORY";
        public static final String STOP = "STOP";

        /** @param text {@code STAGE:N:ERRNO}, as {@code init:17:ENOMEM}, or {@code STAGE:N:KILL}, {@code STAGE:N:MEMORY}, {@code STAGE:N:STOP} */
        public static Fault parse(String text) {
            String[] parts = text.split(":");
            if (parts.length != 3) {
                throw new IllegalArgumentException("a fault is STAGE:N:ERRNO, not " + text);
            }
            return new Fault(parts[0], Integer.parseInt(parts[1]),
                    Set.of(KILL, MEMORY, STOP).contains(parts[2]) ? Optional.empty() : Optional.of(Errno.valueOf(parts[2])),
                    parts[2].equals(MEMORY), parts[2].equals(STOP));
        }

        @Override
        public String toString() {
            return stage + ":" + number + ":" + errno.map(Errno::name).orElse(memory ? MEMORY : stop ? STOP : KILL);
        }
    }

    /** A call that was counted. */
    public record CountedCall(int pid, String stage, int number, String name) {

        /** The lines of a file of calls. */
        public static List<CountedCall> parse(String text) {
            List<CountedCall> calls = new ArrayList<>();
            for (String line : text.lines().toList()) {
                String[] words = line.split(" ");
                CountedCall call = new CountedCall(Integer.parseInt(words[0]), words[1], Integer.parseInt(words[2]), words[3]);
                if (calls.isEmpty() || !calls.get(calls.size() - 1).equals(call)) { // else it was tried again
                    calls.add(call);
                }
            }
            return calls;
        }

        /** This call as the one to fail. */
        public Fault with(Errno errno) {
            return new Fault(stage, number, Optional.of(errno), false, false);
        }
    }

    private final Kernel behind;
    private final AppendedLines calls;
    private final Optional<Fault> fault;
    private String stage;
    private int count;
    private int children;

    private FaultyKernel(Kernel behind, AppendedLines calls, Optional<Fault> fault, String stage) {
        this.behind = behind;
        this.calls = calls;
        this.fault = fault;
        this.stage = stage;
    }

    /** Fails nothing. @param callsPath a file that it makes, or goes on with */
    public static FaultyKernel counting(Kernel inner, String callsPath) {
        return open(inner, Optional.empty(), callsPath);
    }

    public static FaultyKernel failing(Kernel inner, Fault fault, String callsPath) {
        return open(inner, Optional.of(fault), callsPath);
    }

    private static FaultyKernel open(Kernel inner, Optional<Fault> fault, String callsPath) {
        Linux linux = Linux.over(inner);
        int pid = linux.processes.getpid();
        String stage = "parent";
        for (CountedCall call : CountedCall.parse(linux.files.readIfPresent(Fd.CWD, callsPath).orElse(""))) {
            stage = call.pid() == pid ? call.stage() + "+" : stage;
        }
        return new FaultyKernel(inner, AppendedLines.open(inner, callsPath), fault, stage);
    }

    @Override
    public Kernel behind() {
        return behind;
    }

    @Override
    public long call(int nr, long a, long b, long c, long d, long e, long f) {
        if (NEVER_FAIL.contains(nr)) {
            return behind.call(nr, a, b, c, d, e, f);
        }
        count++;
        calls.append(behind.call(Sys.GETPID.nr) + " " + stage + " " + count + " " + Sys.name(nr) + "\n");
        boolean isHere = fault.isPresent() && fault.get().number() == count && fault.get().stage().equals(stage);
        if (isHere && fault.get().stop()) {
            behind.call(Sys.KILL.nr, behind.call(Sys.GETPID.nr), Signal.SIGSTOP.number);
        }
        boolean fails = isHere && !fault.get().stop();
        if (fails && fault.get().memory()) {
            throw new OutOfMemoryError("by FaultyKernel");
        }
        if (fails && fault.get().errno().isEmpty()) {
            behind.call(Sys.KILL.nr, behind.call(Sys.GETPID.nr), Signal.SIGKILL.number);
            // The first process of a pid namespace does not get a signal of its own (pid_namespaces(7)).
            behind.call(Sys.EXIT_GROUP.nr, KILLED);
        }
        if (fails && nr != Sys.CLOSE.nr) {
            return -fault.get().errno().orElseThrow().number;
        }
        long result = nr == Sys.CLOSE_RANGE.nr ? calls.closeAround(a, b, c) : behind.call(nr, a, b, c, d, e, f);
        if (nr == Sys.OPENAT2.nr && result == -Errno.EAGAIN.number) {
            count--;
        }
        if ((nr == Sys.CLONE3.nr || nr == Sys.CLONE.nr) && result >= 0) {
            children++;
            if (result == 0) {
                stage = stage.equals("parent") && children == 1 ? "init" : stage + "." + children;
                count = 0;
                children = 0;
            }
        }
        return fails ? -fault.get().errno().orElseThrow().number : result;
    }
}
