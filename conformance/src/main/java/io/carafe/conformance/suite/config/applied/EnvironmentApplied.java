package io.carafe.conformance.suite.config.applied;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The root, mounts, names and annotations. */
class EnvironmentApplied {

    @Test
    @Tag("config.root.path.applied")
    void root_path_is_the_programs_root(Container container) {
        container.onHost("cp -a " + container.rootfs() + " " + container.bundle() + "/other");
        TestFiles.write(container.bundle().resolve("other/mark"), "the other");
        Expect.equal("the other", container.with("/root/path", "other").args("cat", "/mark").output().strip(), "/mark");
    }

    @Test
    @Tag("config.mounts.applied")
    void a_file_system_of_that_type_is_at_the_destination(Container container) {
        String line = container.mount("/mounted", "tmpfs", "conformance-source", "size=32k").args("cat", "/proc/self/mountinfo").output().lines()
                .filter(one -> one.contains(" /mounted ")).findFirst().orElse("no mount at /mounted");
        Expect.contains(line, " - tmpfs conformance-source ", "the mount");
        Expect.contains(line, "size=32k", "the mount");
    }

    @Test
    @Tag("config.mounts.source.applied")
    void the_source_of_a_bind_is_what_is_seen(Container container) {
        TestFiles.write(container.sandbox().work().resolve("volume/file"), "of the volume");
        container.onHost("chmod -R a+rX " + container.sandbox().work() + "/volume");
        Expect.equal("of the volume", container.mount("/mounted", "none", container.sandbox().work() + "/volume", "bind")
                .args("cat", "/mounted/file").output().strip(), "the file");
    }

    @Test
    @Tag("config.hostname.applied")
    void hostname_is_the_containers(Container container) {
        Expect.equal("conformance-name", container.with("/hostname", "conformance-name").args("hostname").output().strip(), "the host name");
    }

    @Test
    @Tag("config.domainname.applied")
    void domainname_is_the_containers(Container container) {
        Expect.equal("conformance.example", container.with("/domainname", "conformance.example").args("cat", "/proc/sys/kernel/domainname").output()
                .strip(), "the domain name");
    }

    @Test
    @Tag("config.annotations.applied")
    void annotations_are_in_the_state(Container container) {
        container.with("/annotations", Map.of("org.example.key", "a value")).created();
        Expect.equal("a value", container.state().text("/annotations/org.example.key"), "the annotation in the state");
    }
}
