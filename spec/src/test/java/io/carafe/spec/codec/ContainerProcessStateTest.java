package io.carafe.spec.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.spec.OciVersion;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.state.ContainerProcessState;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerProcessStateTest {

    private static final String JSON = "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":4422,\"metadata\":\"MKDIR\","
            + "\"state\":{\"ociVersion\":\"1.3.0\",\"id\":\"web\",\"status\":\"creating\",\"pid\":4422,"
            + "\"bundle\":\"/containers/web\",\"annotations\":{\"k\":\"v\"}}}";

    @Test
    void is_written_on_one_line_in_the_order_of_the_specification() {
        State state = new State(OciVersion.CURRENT, "web", Status.CREATING, OptionalInt.of(4422), "/containers/web", Map.of("k", "v"));
        ContainerProcessState process = new ContainerProcessState(OciVersion.CURRENT, List.of(ContainerProcessState.SECCOMP_FD), 4422,
                Optional.of("MKDIR"), state);
        assertEquals(JSON, new String(StateJson.writeProcessState(process), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ociVersion", "pid", "state"})
    void without_a_required_property_it_is_refused(String property) {
        byte[] json = JSON.replaceFirst("\"" + property + "\"", "\"no\"").getBytes(StandardCharsets.UTF_8);
        assertEquals(property + ": required, but missing",
                assertThrows(SpecException.class, () -> StateJson.readProcessState(json, 0, json.length)).getMessage());
    }
}
