package io.carafe.runtime.rootfs.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.runtime.rootfs.RootfsPlan;
import io.carafe.runtime.rootfs.Step;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is left of a plan for a container that CRIU restores. */
class RestoredTreePlanTest {

    private static RestoredTreePlan of(Config config) {
        return RestoredTreePlan.of(RootfsPlan.of(config, new RootfsPlan.Host(new HostPath("/b"), List.of(), false, "context")));
    }

    private static Config with(Mount... more) {
        Config config = DefaultConfig.rootful();
        List<Mount> mounts = new ArrayList<>(config.mounts());
        mounts.removeIf(mount -> mount.type().equals(Optional.of("cgroup")));
        mounts.addAll(List.of(more));
        return config.withMounts(mounts);
    }

    private static Mount bind(String source, String destination, String... options) {
        return new Mount(destination, Optional.of("bind"), Optional.of(source), List.of(options), List.of(), List.of());
    }

    private static List<String> texts(RestoredTreePlan plan) {
        return plan.preparation().mount().stream().map(Step::text).toList();
    }

    /** Without what stands in for a sysfs and an mqueue that may not be mounted. */
    private static List<RestoredTreePlan.External> added(RestoredTreePlan plan) {
        return plan.binds().stream().filter(bind -> !bind.at().text().equals(bind.source().text())).toList();
    }

    @Test
    void the_places_of_its_own_file_systems_are_made_and_nothing_is_mounted_there() {
        assertEquals(List.of("make the host's mounts rslave", "bind root.path /b/rootfs onto itself", "make the place of the mount on /proc",
                "make the place of the mount on /dev", "make the place of the mount on /sys"), texts(of(with())));
    }

    @Test
    void a_bind_is_mounted_for_a_moment_since_it_may_hold_the_place_of_another() {
        RestoredTreePlan plan = of(with(bind("/srv", "/data", "rbind"), bind("/etc/hosts", "/data/hosts")));
        assertEquals(List.of(ContainerPath.of("/data"), ContainerPath.of("/data/hosts")), plan.passing());
        assertEquals(List.of(new RestoredTreePlan.External(ContainerPath.of("/data"), new HostPath("/srv"), true, true),
                new RestoredTreePlan.External(ContainerPath.of("/data/hosts"), new HostPath("/etc/hosts"), false, true)), added(plan));
    }

    @Test
    void what_lies_on_a_file_system_of_its_own_is_in_the_checkpoint() {
        RestoredTreePlan plan = of(with(bind("/srv", "/dev/data", "bind")));
        assertEquals(List.of(), plan.passing());
        assertEquals(List.of(new RestoredTreePlan.External(ContainerPath.of("/dev/data"), new HostPath("/srv"), false, false)), added(plan));
    }

    @Test
    void without_a_mount_namespace_there_is_nothing_to_restore() {
        Config config = with();
        Config shared = config.withMounts(List.of()).withLinux(config.linux().orElseThrow().withNamespaces(List.of())
                .withPaths(List.of(), List.of())).withRoot(new Root("rootfs", false));
        assertThrows(SpecException.class, () -> of(shared));
    }
}
