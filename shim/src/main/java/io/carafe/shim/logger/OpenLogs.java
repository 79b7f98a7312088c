package io.carafe.shim.logger;

import java.util.ArrayList;
import java.util.List;

/** The logs that a shim writes: whoever has rotated one that is written to seldom may want it anew at once. */
public final class OpenLogs {

    private final List<LogFile> files = new ArrayList<>(0);

    void add(LogFile file) {
        files.add(file);
    }

    void remove(LogFile file) {
        files.remove(file);
    }

    /** Each whose name is no longer its own is opened anew. */
    public void look() {
        files.forEach(LogFile::look);
    }
}
