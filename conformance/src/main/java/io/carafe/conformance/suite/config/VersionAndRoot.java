package io.carafe.conformance.suite.config;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class VersionAndRoot {

    @Test
    @Tag("config.ociVersion.semver")
    void a_version_that_is_a_word_is_an_error(Container container) {
        Expect.isError(container.with("/ociVersion", "one"));
    }

    @Test
    @Tag("config.ociVersion.semver")
    void a_version_of_two_numbers_is_an_error(Container container) {
        Expect.isError(container.with("/ociVersion", "1.0"));
    }

    @Test
    @Tag("config.ociVersion.semver")
    void a_version_of_four_numbers_is_an_error(Container container) {
        Expect.isError(container.with("/ociVersion", "1.0.2.1"));
    }

    @Test
    @Tag("config.root.path.exists")
    void a_root_that_does_not_exist_is_an_error(Container container) {
        Expect.isRefused(container.with("/root/path", "nothing"));
    }

    @Test
    @Tag("config.root.path.exists")
    void a_root_that_is_no_directory_is_an_error(Container container) {
        Expect.isRefused(container.with("/root/path", "config.json"));
    }

    @Test
    @Tag("config.root.readonly")
    void a_readonly_root_cannot_be_written_to(Container container) {
        String output = container.with("/root/readonly", true).script("touch /x 2>&1; test -e /x && echo written").output();
        Expect.contains(output, "Read-only file system", "what touch says");
        Expect.lacks(output, "written", "the output");
    }

    @Test
    @Tag("config.root.readonly")
    void a_root_can_be_written_to_by_default(Container container) {
        Expect.contains(container.script("touch /x 2>&1; test -e /x && echo written").output(), "written", "the output");
    }
}
