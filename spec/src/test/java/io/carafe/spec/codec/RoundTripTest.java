package io.carafe.spec.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.spec.Config;
import io.carafe.spec.features.Features;
import io.carafe.spec.process.Process;
import io.carafe.spec.resources.Resources;
import io.carafe.spec.state.ContainerProcessState;
import io.carafe.spec.state.State;
import java.util.function.Function;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RoundTripTest {

    @Property(tries = 500)
    void a_config_is_read_as_it_was_written(@ForAll("configs") Config config) {
        roundTrip(config, ConfigJson::write, ConfigJson::read);
    }

    @Property(tries = 200)
    void a_process_is_read_as_it_was_written(@ForAll("processes") Process process) {
        roundTrip(process, ProcessJson::write, json -> ProcessJson.read(json, 0, json.length));
    }

    @Property(tries = 200)
    void resources_are_read_as_they_were_written(@ForAll("resources") Resources resources) {
        roundTrip(resources, ResourcesJson::write, json -> ResourcesJson.read(json, 0, json.length));
    }

    @Property(tries = 200)
    void a_state_is_read_as_it_was_written(@ForAll("states") State state) {
        roundTrip(state, StateJson::write, json -> StateJson.read(json, 0, json.length));
        roundTrip(state, StateJson::writeCompact, json -> StateJson.read(json, 0, json.length));
    }

    @Property(tries = 200)
    void a_container_process_state_is_read_as_it_was_written(@ForAll("processStates") ContainerProcessState state) {
        roundTrip(state, StateJson::writeProcessState, json -> StateJson.readProcessState(json, 0, json.length));
    }

    @Property(tries = 300)
    void features_are_read_as_they_were_written(@ForAll("features") Features features) {
        roundTrip(features, FeaturesJson::write, json -> FeaturesJson.read(json, 0, json.length));
    }

    private static <V> void roundTrip(V value, Function<V, byte[]> write, Function<byte[], V> read) {
        byte[] json = write.apply(value);
        V again = read.apply(json);
        assertEquals(value, again);
        // Equal maps may still differ in order.
        assertArrayEquals(json, write.apply(again));
    }

    @Provide
    Arbitrary<Config> configs() {
        return Records.any(Config.class);
    }

    @Provide
    Arbitrary<Process> processes() {
        return Records.any(Process.class);
    }

    @Provide
    Arbitrary<Resources> resources() {
        return Records.any(Resources.class);
    }

    @Provide
    Arbitrary<State> states() {
        return Records.any(State.class);
    }

    @Provide
    Arbitrary<ContainerProcessState> processStates() {
        return Records.any(ContainerProcessState.class);
    }

    @Provide
    Arbitrary<Features> features() {
        return Records.any(Features.class);
    }
}
