package io.carafe.conformance.suite.runtime;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** runtime-linux.md. */
class DevLinks {

    @Test
    @Tag("runtime-linux.dev-fd")
    void dev_fd_leads_to_the_open_files(Container container) {
        leads(container, "fd", "/proc/self/fd");
    }

    @Test
    @Tag("runtime-linux.dev-stdin")
    void dev_stdin_leads_to_descriptor_0(Container container) {
        leads(container, "stdin", "/proc/self/fd/0");
    }

    @Test
    @Tag("runtime-linux.dev-stdout")
    void dev_stdout_leads_to_descriptor_1(Container container) {
        leads(container, "stdout", "/proc/self/fd/1");
    }

    @Test
    @Tag("runtime-linux.dev-stderr")
    void dev_stderr_leads_to_descriptor_2(Container container) {
        leads(container, "stderr", "/proc/self/fd/2");
    }

    private static void leads(Container container, String name, String target) {
        Expect.equal(target, container.args("readlink", "/dev/" + name).output().strip(), "/dev/" + name);
    }
}
