package io.carafe.linux;

import static org.junit.jupiter.api.Assumptions.abort;

import io.carafe.linux.call.Linux;
import io.carafe.linux.checks.Check;
import io.carafe.linux.checks.Check.Need;
import io.carafe.linux.door.Door;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The checks of the wrappers on the JVM's door. Those that need a process of one thread run in the image only. */
class KernelTest {

    @TestFactory
    List<DynamicTest> on_the_jvm() {
        Linux linux = Linux.over(Door.open());
        return Check.all().stream()
                .filter(check -> !check.needs().contains(Need.ONE_THREAD))
                .map(check -> DynamicTest.dynamicTest(check.name(), () -> check.run(linux).ifPresent(reason -> abort(reason))))
                .toList();
    }
}
