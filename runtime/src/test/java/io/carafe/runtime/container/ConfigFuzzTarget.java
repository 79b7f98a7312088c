package io.carafe.runtime.container;

import io.carafe.linux.fuzz.Told;
import io.carafe.runtime.cgroup.Hierarchies;
import io.carafe.runtime.cgroup.KnownHierarchies;
import io.carafe.runtime.cgroup.systemd.SystemdHost;
import io.carafe.runtime.cli.plan.PrintedPlan;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.process.label.SecurityModules;
import io.carafe.spec.Config;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.json.SpecException;
import java.util.List;
import java.util.Optional;

/** A config.json: read, written and read again, and planned for each kind of host; the plan is printed. */
public final class ConfigFuzzTarget {

    private static final long ALL_CAPABILITIES = (1L << 41) - 1;
    private static final SecurityModules BOTH = new SecurityModules(true, true);
    private static final List<Host> HOSTS = List.of(
            host(0, KnownHierarchies.hybrid(), Optional.empty()),
            host(0, KnownHierarchies.v2(), Optional.empty()),
            host(0, KnownHierarchies.v2(), Optional.of(new SystemdHost(false, "", 252))),
            host(1000, KnownHierarchies.v2(), Optional.of(new SystemdHost(true, "/user.slice/user-1000.slice/user@1000.service", 249))),
            host(1000, KnownHierarchies.hybrid(), Optional.empty()).withoutCgroups(true));

    private ConfigFuzzTarget() {
    }

    private static Host host(int uid, Hierarchies hierarchies, Optional<SystemdHost> systemd) {
        return new Host(uid, uid, uid == 0 ? ALL_CAPABILITIES : 0, hierarchies, BOTH, Optional.of("/sys/fs/resctrl"), false, false, systemd, BehaviourAnnotation.Trust.NOTHING);
    }

    public static void fuzzerTestOneInput(byte[] json) {
        Config config = Told.orNull(() -> ConfigJson.read(json), SpecException.class);
        if (config == null) {
            return;
        }
        Told.same(config, ConfigJson.read(ConfigJson.write(config)));
        for (Host host : HOSTS) {
            ContainerPlan plan = Told.orNull(() -> ContainerPlan.of(new Bundle("/bundle", config), "id", host, host.isRootless(), true),
                    SpecException.class, ContainerException.class);
            if (plan != null) {
                PrintedPlan.of(plan);
            }
        }
    }
}
