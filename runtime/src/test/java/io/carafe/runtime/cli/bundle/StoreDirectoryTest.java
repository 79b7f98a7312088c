package io.carafe.runtime.cli.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.runtime.image.blob.ImageException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreDirectoryTest {

    private static String of(boolean root, String data, String home) {
        Map<String, String> environment = new HashMap<>();
        environment.put("XDG_DATA_HOME", data);
        environment.put("HOME", home);
        return StoreDirectory.of(root, environment::get);
    }

    @ParameterizedTest
    @CsvSource({
        "true,  /data,    /root,     /var/lib/carafe/layers",
        "false, /data,    /home/ann, /data/carafe/layers",
        "false, relative, /home/ann, /home/ann/.local/share/carafe/layers",
        "false, ,         /home/ann, /home/ann/.local/share/carafe/layers"})
    void layers_are_kept_where_they_survive_a_reboot(boolean root, String data, String home, String store) {
        assertEquals(store, of(root, data, home));
    }

    @Test
    void an_ordinary_user_without_a_home_is_asked_to_say_where() {
        assertThrows(ImageException.class, () -> of(false, null, null));
    }
}
