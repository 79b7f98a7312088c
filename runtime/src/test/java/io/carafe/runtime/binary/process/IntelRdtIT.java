package io.carafe.runtime.binary.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.linux.IntelRdt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** linux.intelRdt where there is no resctrl; ResctrlTest has the rules. */
@ExtendWith(HostUnchanged.class)
class IntelRdtIT {

    @TempDir
    private Path directory;

    @Test
    void without_a_resctrl_file_system_that_is_the_error_and_nothing_is_left() throws Exception {
        assumeFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains(" - resctrl "), "resctrl is mounted here");
        Carafe carafe = Carafe.in(directory.resolve("root"));
        Bundle bundle = Bundle.in(directory).linux(linux -> linux.withIntelRdt(new IntelRdt(Optional.empty(), List.of(), Optional.empty(),
                Optional.empty(), false)));
        assertTrue(carafe.run(bundle).fails().contains("linux.intelRdt: no resctrl file system is mounted"));
        assertEquals("", carafe.call("list", "-q").out());
    }
}
