package io.carafe.conformance.suite.shim.request;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.shim.CallResult;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams that are no FIFOs. */
class StreamSchemes {

    private static CallResult created(Shim shim, String uri) {
        Task task = shim.task("one").script("echo overwritten").served();
        CallResult created = task.stdout(uri).stderr(uri).create();
        created.fails();
        task.call(Method.STATE).fails(Code.NOT_FOUND);
        return created;
    }

    @Test
    @Tag("shim.stdio.scheme")
    void an_unknown_scheme_is_refused_and_its_path_left_alone(Shim shim) {
        Path victim = shim.sandbox().work().resolve("victim");
        TestFiles.write(victim, "untouched");
        created(shim, "nonesuch://" + victim);
        Expect.equal("untouched", shim.sandbox().read(victim), "the file");
        Path absent = shim.sandbox().work().resolve("absent");
        Task other = shim.task("two").group("g");
        shim.use(other.startAction().out());
        other.stdout("nonesuch://" + absent).stderr("nonesuch://" + absent).create().fails();
        Expect.that(!Files.exists(absent), "the file was made");
    }

    @Test
    @Tag("shim.stdio.binary.absent")
    void a_logger_that_cannot_be_started_is_an_error(Shim shim) {
        created(shim, "binary:///nonesuch/logger");
    }

    @Test
    @Tag("shim.stdio.binary.absent.named")
    void that_error_names_it(Shim shim) {
        Expect.contains(created(shim, "binary:///nonesuch/logger").reply().message(), "/nonesuch/logger", "the message");
    }
}
