package io.carafe.conformance.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Only what a run made is laid at a runtime's door. */
class HostSnapshotTest {

    private static final String RUN = "conformance-7-1";
    private static final String OURS = "30 20 0:25 / /tmp/conformance-7-1-123/t4/bundle/rootfs rw - tmpfs tmpfs rw";
    private static final String OTHERS = "31 20 0:26 / /mnt/other rw - tmpfs tmpfs rw";

    private static List<String> changes(String before, String after, String name) {
        return HostSnapshot.of(RUN, before, "machine\n").changesTo(HostSnapshot.of(RUN, after, name));
    }

    @Test
    void a_mount_of_the_run_is_told() {
        assertEquals(List.of("new: mount " + OURS), changes(OTHERS, OTHERS + "\n" + OURS, "machine"));
    }

    @Test
    void mounts_of_others_are_not() {
        assertEquals(List.of(), changes("", OTHERS + "\n" + OTHERS.replace("/mnt/other", "/tmp/conformance-7-12-5/t1"), "machine"));
        assertEquals(List.of(), changes(OTHERS, "", "renamed"));
    }

    @Test
    void a_host_name_of_a_container_is_told() {
        assertEquals(List.of("new: host name conformance"), changes("", "", "conformance\n"));
    }
}
