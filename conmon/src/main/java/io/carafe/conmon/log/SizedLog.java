package io.carafe.conmon.log;

import io.carafe.conmon.plan.LogPlan;
import java.io.ByteArrayOutputStream;

/** Lines on their way to a file, within the sizes that are allowed: counted as conmon counts them, whatever a line's length comes to. */
final class SizedLog implements AutoCloseable {

    private static final int MOST = 32 * 1024;

    private final LogFile file;
    private final LogPlan plan;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private long counted;
    private long total;

    SizedLog(LogFile file, LogPlan plan) {
        this.file = file;
        this.plan = plan;
        this.counted = file.length();
        this.total = counted;
    }

    /** Before a line. @param size what it counts for. @return whether it may be written */
    boolean begin(int size) {
        if (plan.globalSizeMax() > 0 && total >= plan.globalSizeMax()) {
            return false;
        }
        if (plan.sizeMax() > 0 && counted + size > plan.sizeMax()) {
            beginAnew();
        }
        counted += size;
        total += size;
        return true;
    }

    ByteArrayOutputStream line() {
        if (lines.size() > MOST) {
            flush();
        }
        return lines;
    }

    void flush() {
        try {
            file.write(lines.toByteArray(), lines.size());
        } finally {
            lines.reset();
        }
    }

    void beginAnew() {
        flush();
        counted = 0;
        file.beginAnew();
    }

    void sync() {
        file.sync();
    }

    @Override
    public void close() {
        file.close();
    }
}
