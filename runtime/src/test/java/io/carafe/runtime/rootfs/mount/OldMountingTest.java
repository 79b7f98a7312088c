package io.carafe.runtime.rootfs.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class OldMountingTest {

    @Test
    void a_comma_in_a_value_is_in_quotes_for_mount_2() {
        assertEquals("size=1m,context=\"u:object_r:t:s0:c1,c2\",noswap", OldMounting.joined(List.of("size=1m", "context=u:object_r:t:s0:c1,c2", "noswap")));
        assertEquals("", OldMounting.joined(List.of()));
    }
}
