package io.carafe.conformance.suite.linux.cgroup;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CgroupsPath {

    @Test
    @Tag("config-linux.cgroupsPath.absolute")
    void an_absolute_path_counts_from_where_cgroups_are_mounted(Container container) {
        Expect.needs(!container.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        container.with("/linux/cgroupsPath", "/conformance-absolute/leaf").running();
        List<String> lines = container.onHost("cat /proc/" + container.pid() + "/cgroup").lines().toList();
        for (String controller : container.sandbox().hierarchies()) {
            String of = controller.isEmpty() || controller.equals("unified") ? "0::" : ":" + controller + ":";
            if (!controller.equals("unified") && !controller.equals("systemd")) {
                Expect.that(lines.stream().anyMatch(line -> line.contains(of) && line.endsWith(":/conformance-absolute/leaf")),
                        "not in /conformance-absolute/leaf of " + of + " " + lines);
            }
        }
    }

    @Test
    @Tag("config-linux.cgroupsPath.consistent")
    void one_path_is_one_place(Container container) {
        Expect.needs(!container.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        for (String path : List.of("/conformance/same", "relative/same")) {
            container.with("/linux/cgroupsPath", path);
            String first = place(container);
            Expect.equal(first, place(container), "cgroups of " + path + " the second time");
        }
    }

    private static String place(Container container) {
        container.running();
        String place = container.onHost("cat /proc/" + container.pid() + "/cgroup");
        Expect.succeeds(container.kill("KILL"));
        Expect.succeeds(container.ended().delete());
        return place;
    }
}
