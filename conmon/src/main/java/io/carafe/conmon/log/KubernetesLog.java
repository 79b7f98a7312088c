package io.carafe.conmon.log;

import io.carafe.conmon.plan.LogPlan;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * {@code TIME STREAM TAG CONTENT}: F for what ends a line, P for what does not. A piece is what one read(2) has brought of a line, so that
 * nothing waits here for an end of line that may never come; all lines of one read have its time.
 *
 * @see "Kubernetes, design proposal kubelet-cri-logging"
 */
final class KubernetesLog implements Log {

    /** What conmon counts for a line beside its content, the time as it is longest; a P has an end of line besides. */
    private static final int COUNTED = 45;
    private static final byte[] FULL = {'F', ' '};
    private static final byte[] PARTIAL = {'P', ' '};

    private final LocalClock clock;
    private final SizedLog log;

    KubernetesLog(LocalClock clock, LogFile file, LogPlan plan) {
        this.clock = clock;
        this.log = new SizedLog(file, plan);
    }

    @Override
    public void write(Origin origin, byte[] bytes, int start, int count) {
        byte[] head = (clock.text() + " " + origin.text + " ").getBytes(StandardCharsets.US_ASCII);
        int end = start + count;
        for (int from = start; from < end;) {
            int to = from;
            while (to < end && bytes[to] != '\n') {
                to++;
            }
            boolean partial = to == end;
            int length = to - from + (partial ? 0 : 1);
            if (!log.begin(length + COUNTED + (partial ? 1 : 0))) {
                break;
            }
            ByteArrayOutputStream line = log.line();
            line.writeBytes(head);
            line.writeBytes(partial ? PARTIAL : FULL);
            line.write(bytes, from, length);
            if (partial) {
                line.write('\n');
            }
            from += length;
        }
        log.flush();
    }

    @Override
    public void reopen() {
        log.beginAnew();
    }

    @Override
    public void sync() {
        log.sync();
    }

    @Override
    public void close() {
        log.close();
    }
}
