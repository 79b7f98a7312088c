package io.carafe.runtime.container.state;

import io.carafe.linux.fuzz.Told;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.spec.codec.StateJson;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;

/** A state.json, and the state that hooks and `carafe state` make of it; also as a container process state. */
public final class StateFuzzTarget {

    private StateFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] json) {
        ContainerState state = Told.orNull(() -> ContainerState.TABLE.read(json, 0, json.length), SpecException.class);
        if (state != null) {
            byte[] written = ContainerState.TABLE.compact(state);
            Told.same(state, ContainerState.TABLE.read(written, 0, written.length));
            byte[] forHooks = StateJson.write(state.forHooks(Status.RUNNING));
            StateJson.read(forHooks, 0, forHooks.length);
            new CgroupPaths(state.cgroups()).text();
            Told.orNull(() -> ContainerId.of(state.id()), ContainerException.class);
        }
        State known = Told.orNull(() -> StateJson.read(json, 0, json.length), SpecException.class);
        if (known != null) {
            byte[] written = StateJson.write(known);
            Told.same(known, StateJson.read(written, 0, written.length));
        }
    }
}
