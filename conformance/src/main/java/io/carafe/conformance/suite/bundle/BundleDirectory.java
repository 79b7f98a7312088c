package io.carafe.conformance.suite.bundle;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BundleDirectory {

    @Test
    @Tag("bundle.config-json")
    void config_json_at_the_root_of_the_bundle_is_what_counts(Container container) {
        TestFiles.write(container.bundle().resolve("rootfs/config.json"), "{}");
        TestFiles.write(container.bundle().resolve("Config.json"), "{}");
        Expect.equal("counts", container.args("echo", "counts").output().strip(), "output");
    }

    @Test
    @Tag("bundle.config-json.required")
    void a_bundle_without_config_json_is_refused(Container container) {
        Expect.fails(container.createAsItIs());
        Expect.isAbsent(container);
    }
}
