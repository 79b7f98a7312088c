package io.carafe.runtime.init.attribute;

import io.carafe.linux.fuzz.Told;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.process.label.SecurityModules;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.Process;
import java.util.Optional;

/** The file of `exec --process`: read, written and read again, and planned as exec does. */
public final class ProcessFuzzTarget {

    private static final AttributesPlan.OfContainer CONTAINER = new AttributesPlan.OfContainer(Optional.empty(), Optional.empty(), Optional.empty());

    private ProcessFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] json) {
        Process process = Told.orNull(() -> ProcessJson.read(json, 0, json.length), SpecException.class);
        if (process == null) {
            return;
        }
        byte[] written = ProcessJson.write(process);
        Told.same(process, ProcessJson.read(written, 0, written.length));
        for (SecurityModules enabled : new SecurityModules[] {SecurityModules.NONE, new SecurityModules(true, true)}) {
            Told.orNull(() -> ProcessPlan.of(process, enabled.selinux() ? -1 : 0, "process"), SpecException.class);
            Told.orNull(() -> AttributesPlan.of(process, CONTAINER, enabled, enabled.selinux(), "process"), SpecException.class);
        }
    }
}
