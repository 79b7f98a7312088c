package io.carafe.conmon.monitor;

import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A monitor is the last to go when memory runs out: the end of its container would be told by nobody. */
record OomScore(Linux linux, Optional<String> before) {

    private static final String FILE = "/proc/self/oom_score_adj";
    private static final String NEVER = "-1000";

    /** Of this process, where it may. */
    static OomScore lower(Linux linux) {
        Optional<String> before = linux.files.readIfPresent(Fd.CWD, FILE).map(String::strip);
        before.ifPresent(score -> write(linux, NEVER));
        return new OomScore(linux, before);
    }

    /** In a child, which is no more than others are. */
    void restore() {
        before.ifPresent(score -> write(linux, score));
    }

    private static void write(Linux linux, String score) {
        try (Fd file = linux.files.open(FILE, O_WRONLY)) {
            linux.files.write(file, score.getBytes(StandardCharsets.US_ASCII));
        } catch (KernelException e) {
            if (!e.is(Errno.EACCES) && !e.is(Errno.EPERM)) { // to lower it takes CAP_SYS_RESOURCE
                throw e;
            }
        }
    }
}
