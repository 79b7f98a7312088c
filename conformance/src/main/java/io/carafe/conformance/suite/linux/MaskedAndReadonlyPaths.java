package io.carafe.conformance.suite.linux;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** maskedPaths and readonlyPaths. */
class MaskedAndReadonlyPaths {

    @Test
    @Tag("config-linux.maskedPaths.absolute")
    void a_relative_masked_path_is_an_error(Container container) {
        TestFiles.write(container.rootfs().resolve("secret"), "secret");
        Expect.isRefused(container.with("/linux/maskedPaths", List.of("secret")));
    }

    @Test
    @Tag("config-linux.readonlyPaths.absolute")
    void a_relative_read_only_path_is_an_error(Container container) {
        TestFiles.directory(container.rootfs().resolve("kept"));
        Expect.isRefused(container.with("/linux/readonlyPaths", List.of("kept")));
    }
}
