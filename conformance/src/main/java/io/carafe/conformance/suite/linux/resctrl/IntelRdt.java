package io.carafe.conformance.suite.linux.resctrl;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** intelRdt: where there is a processor with it, on the host's resctrl, in groups that begin with "conformance". */
class IntelRdt {

    private static final String TREE = "/sys/fs/resctrl";
    private static final String GROUP = TREE + "/conformance";

    @Test
    @Tag("config-linux.intelRdt.no-resctrl")
    void without_a_mounted_resctrl_it_is_an_error(Container container) {
        container.onHost("umount " + TREE + " 2>/dev/null; true");
        Expect.isRefused(container.with("/linux/intelRdt", object("closID", "conformance")));
    }

    @Test
    @Tag("config-linux.intelRdt.tasks")
    void the_process_is_in_tasks(Container container) {
        with(container, "closID", "conformance", "l3CacheSchema", line(container, "L3:")).created();
        isIn(container, GROUP);
    }

    @Test
    @Tag("config-linux.intelRdt.absent")
    void without_intelRdt_resctrl_is_left_alone(Container container) {
        mounted(container);
        String before = container.onHost("ls " + TREE);
        container.created();
        Expect.equal(before, container.onHost("ls " + TREE), "groups");
        isIn(container, TREE);
    }

    @Test
    @Tag("config-linux.intelRdt.closID.root")
    void the_closID_of_a_slash_is_the_root(Container container) {
        with(container, "closID", "/").created();
        isIn(container, TREE);
    }

    @Test
    @Tag("config-linux.intelRdt.memBwSchema.prefix")
    void a_memBwSchema_of_something_else_is_an_error(Container container) {
        Expect.isRefused(with(container, "closID", "conformance", "memBwSchema", line(container, "L3:")));
    }

    @Test
    @Tag("config-linux.intelRdt.memBwSchema.newline")
    void a_memBwSchema_with_a_newline_is_an_error(Container container) {
        Expect.isRefused(with(container, "closID", "conformance", "memBwSchema", line(container, "MB:") + "\n"));
    }

    @Test
    @Tag("config-linux.intelRdt.schemata.newline")
    void an_element_of_schemata_with_a_newline_is_an_error(Container container) {
        String line = line(container, "L3:");
        Expect.isRefused(with(container, "closID", "conformance", "schemata", List.of(line + "\n" + line)));
    }

    @Test
    @Tag("config-linux.intelRdt.both-schemas")
    void both_schemas_are_written(Container container) {
        with(container, "closID", "conformance", "l3CacheSchema", narrow(container), "memBwSchema", line(container, "MB:")).created();
        isWritten(container, narrow(container));
    }

    @Test
    @Tag("config-linux.intelRdt.one-schema")
    void one_schema_is_written(Container container) {
        with(container, "closID", "conformance", "l3CacheSchema", narrow(container)).created();
        isWritten(container, narrow(container));
    }

    @Test
    @Tag("config-linux.intelRdt.schemata")
    void schemata_is_written_last(Container container) {
        with(container, "closID", "conformance", "l3CacheSchema", line(container, "L3:"), "schemata", List.of(narrow(container))).created();
        isWritten(container, narrow(container));
    }

    @Test
    @Tag("config-linux.intelRdt.no-closID")
    void without_closID_the_id_is_the_name(Container container) {
        with(container, "l3CacheSchema", line(container, "L3:")).created();
        isIn(container, TREE + "/" + container.id());
    }

    @Test
    @Tag("config-linux.intelRdt.closID.created")
    void a_closID_with_schemas_gets_its_directory(Container container) {
        with(container, "closID", "conformance", "l3CacheSchema", line(container, "L3:")).created();
        Expect.equal("there", container.onHost("test -d " + GROUP + " && echo there"), "the directory");
    }

    @Test
    @Tag("config-linux.intelRdt.closID.compared")
    void a_closID_with_other_schemas_is_an_error(Container container) {
        with(container, "closID", "conformance", "l3CacheSchema", narrow(container));
        container.onHost("mkdir " + GROUP);
        Expect.isRefused(container);
    }

    @Test
    @Tag("config-linux.intelRdt.closID.pre-configured")
    void a_closID_without_schemas_that_is_not_there_is_an_error(Container container) {
        Expect.isRefused(with(container, "closID", "conformance"));
    }

    @Test
    @Tag("config-linux.intelRdt.closID.assigned")
    void a_closID_without_schemas_that_is_there_takes_the_process(Container container) {
        with(container, "closID", "conformance");
        container.onHost("mkdir " + GROUP);
        container.created();
        isIn(container, GROUP);
    }

    @Test
    @Tag("config-linux.intelRdt.removed")
    void a_directory_of_the_id_goes_with_the_container(Container container) {
        with(container, "l3CacheSchema", line(container, "L3:")).created();
        isIn(container, TREE + "/" + container.id());
        Expect.succeeds(container.started().ended().delete());
        Expect.equal("", container.onHost("ls -d " + TREE + "/" + container.id() + " 2>/dev/null"), "the directory");
    }

    @Test
    @Tag("config-linux.intelRdt.kept")
    void a_directory_of_closID_stays(Container container) {
        with(container, "closID", "conformance", "l3CacheSchema", line(container, "L3:")).created();
        Expect.succeeds(container.started().ended().delete());
        Expect.equal("there", container.onHost("test -d " + GROUP + " && echo there"), "the directory");
    }

    @Test
    @Tag("config-linux.intelRdt.enableMonitoring")
    @Tag("config-linux.intelRdt.enableMonitoring.name")
    void monitoring_has_a_group_of_the_id(Container container) {
        with(container, "closID", "conformance", "l3CacheSchema", line(container, "L3:"), "enableMonitoring", true).created();
        isIn(container, GROUP + "/mon_groups/" + container.id());
    }

    @Test
    @Tag("config-linux.intelRdt.enableMonitoring.removed")
    void the_group_of_monitoring_goes_with_the_container(Container container) {
        with(container, "closID", "conformance", "l3CacheSchema", line(container, "L3:"), "enableMonitoring", true).created();
        Expect.succeeds(container.started().ended().delete());
        Expect.equal("", container.onHost("ls " + GROUP + "/mon_groups"), "groups of monitoring");
    }

    private static void mounted(Container container) {
        Expect.needs(container.sandbox().host().hasFilesystem("resctrl"), "the kernel or the processor has no resctrl");
        Expect.needs(container.sandbox().sh("mountpoint -q " + TREE + " || mount -t resctrl resctrl " + TREE).succeeded(),
                "resctrl cannot be mounted");
        container.onHost("rmdir " + TREE + "/conformance* 2>/dev/null; true");
    }

    private static Container with(Container container, Object... properties) {
        mounted(container);
        Map<String, Object> values = object(properties);
        return container.with("/linux/intelRdt", values);
    }

    /** A line of the root's schemata, as it is. */
    private static String line(Container container, String prefix) {
        mounted(container);
        String line = container.onHost("grep '" + prefix + "' " + TREE + "/schemata").strip();
        Expect.needs(!line.isEmpty(), "the processor has no " + prefix);
        return line;
    }

    /** The line of the third-level cache with its lowest four bits alone. */
    private static String narrow(Container container) {
        return line(container, "L3:").replaceAll("=[0-9a-f]+", "=f");
    }

    private static void isWritten(Container container, String line) {
        String bare = line.replaceAll("=0*", "=");
        Expect.contains(container.onHost("cat " + GROUP + "/schemata").replaceAll("=0*", "="), bare, "schemata");
    }

    private static void isIn(Container container, String group) {
        Expect.that(container.onHost("cat " + group + "/tasks").lines().anyMatch(Long.toString(container.pid())::equals),
                "the process is not in " + group);
    }
}
