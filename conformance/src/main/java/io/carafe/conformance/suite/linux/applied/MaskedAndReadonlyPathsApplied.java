package io.carafe.conformance.suite.linux.applied;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** maskedPaths and readonlyPaths, of each kind of file. */
class MaskedAndReadonlyPathsApplied {

    @Test
    @Tag("config-linux.maskedPaths.applied")
    void a_masked_file_shows_nothing(Container container) {
        TestFiles.write(container.rootfs().resolve("secret"), "the secret");
        Expect.equal("seen", container.with("/linux/maskedPaths", List.of("/secret")).script("cat /secret; echo seen").output().strip(), "the file");
    }

    @Test
    @Tag("config-linux.maskedPaths.applied")
    void a_masked_directory_shows_nothing(Container container) {
        TestFiles.write(container.rootfs().resolve("secrets/one"), "the secret");
        Expect.equal("seen", container.with("/linux/maskedPaths", List.of("/secrets")).script("cat /secrets/one; ls /secrets; echo seen").output()
                .strip(), "the directory");
    }

    @Test
    @Tag("config-linux.maskedPaths.applied")
    void a_masked_file_of_proc_shows_nothing(Container container) {
        Expect.equal("seen", container.with("/linux/maskedPaths", List.of("/proc/cpuinfo")).script("cat /proc/cpuinfo; echo seen").output().strip(),
                "the file");
    }

    @Test
    @Tag("config-linux.maskedPaths.applied")
    void what_is_masked_cannot_be_read_behind_a_link(Container container) {
        TestFiles.write(container.rootfs().resolve("secrets/one"), "the secret");
        TestFiles.link(container.rootfs().resolve("link"), "secrets/one");
        Expect.lacks(container.with("/linux/maskedPaths", List.of("/link")).script("cat /secrets/one /link; echo seen").output(), "the secret\nthe secret",
                "what is read by both names");
    }

    @Test
    @Tag("config-linux.maskedPaths.absent")
    void a_masked_path_that_is_not_there_is_no_error(Container container) {
        Expect.equal("hello", container.with("/linux/maskedPaths", List.of("/nothing/there")).args("echo", "hello").output().strip(), "output");
    }

    @Test
    @Tag("config-linux.readonlyPaths.applied")
    void a_read_only_file_cannot_be_written_to(Container container) {
        TestFiles.write(container.rootfs().resolve("kept"), "as it was");
        cannotBeWrittenTo(container, "/kept", "/kept");
    }

    @Test
    @Tag("config-linux.readonlyPaths.applied")
    void a_read_only_directory_cannot_be_written_to(Container container) {
        TestFiles.write(container.rootfs().resolve("directory/kept"), "as it was");
        cannotBeWrittenTo(container, "/directory", "/directory/kept");
    }

    @Test
    @Tag("config-linux.readonlyPaths.applied")
    void a_read_only_file_of_proc_cannot_be_written_to(Container container) {
        String output = container.with("/linux/readonlyPaths", List.of("/proc/sys")).script("echo as it was >/proc/sys/kernel/domainname; cat /proc/sys/kernel/domainname; "
                + "touch /proc/sys/kernel/domainname; grep ' /proc/sys ' /proc/self/mountinfo").output();
        Expect.lacks(output, "as it was", "the domain name");
        Expect.contains(output, " ro,", "the mount at /proc/sys");
    }

    private static void cannotBeWrittenTo(Container container, String path, String file) {
        String output = container.with("/linux/readonlyPaths", List.of(path)).script("echo otherwise 2>/dev/null >" + file + "; cat " + file).output();
        Expect.equal("as it was", output.strip(), "the file after a program has written to it");
    }

    @Test
    @Tag("config-linux.readonlyPaths.absent")
    void a_read_only_path_that_is_not_there_is_no_error(Container container) {
        Expect.equal("hello", container.with("/linux/readonlyPaths", List.of("/nothing/there")).args("echo", "hello").output().strip(), "output");
    }
}
