package io.carafe.linux.proc;

import io.carafe.linux.fuzz.Told;
import java.nio.charset.StandardCharsets;

/** The texts of /proc, as each of the files that are read. */
public final class ProcFuzzTarget {

    private ProcFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        Told.orNull(() -> MountInfo.parse(text), ProcTextException.class);
        Told.orNull(() -> IdMap.parse(text), ProcTextException.class);
        Told.orNull(() -> ProcessCgroup.parse(text), ProcTextException.class);
        Told.orNull(() -> ProcessStat.parse(text), ProcTextException.class);
        AuxiliaryVector.pageSize(bytes);
    }
}
