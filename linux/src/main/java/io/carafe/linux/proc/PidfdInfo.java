package io.carafe.linux.proc;

/**
 * What /proc/self/fdinfo/N says of a pidfd (proc_pid_fdinfo(5)).
 *
 * @param pid as the procfs counts it; -1 of a process that has been reaped, 0 of one that it cannot see
 */
public record PidfdInfo(int pid) {

    private static final String PID = "Pid:";

    /** @throws ProcTextException for another form, as of what is no pidfd */
    public static PidfdInfo parse(String text) {
        return Lines.one("/proc/self/fdinfo/N", text, all -> {
            int start = ("\n" + all).indexOf("\n" + PID);
            return new PidfdInfo(Integer.parseInt(all.substring(start, all.indexOf('\n', start)).substring(PID.length()).strip()));
        });
    }
}
