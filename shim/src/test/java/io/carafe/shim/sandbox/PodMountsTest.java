package io.carafe.shim.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodMountsTest {

    private static final String IPC = "/proc/7/ns/ipc";
    private static final String JOINED = "\"linux\":{\"namespaces\":[{\"type\":\"ipc\",\"path\":\"" + IPC + "\"}]}";
    private static final String HOSTNAME = bind("/etc/hostname", "hostname", "rw");
    private static final String HOSTS = bind("/etc/hosts", "hosts", "rw");
    private static final String RESOLVER = bind("/etc/resolv.conf", "resolv.conf", "rw");
    private static final String MEMORY = bind("/dev/shm", "shm", "rw");

    private static String bind(String destination, String name, String access) {
        return "{\"destination\":\"" + destination + "\",\"type\":\"bind\",\"source\":\"/b/pod/" + name + "\",\"options\":[\"bind\",\"rprivate\",\""
                + access + "\"]}";
    }

    private static String add(String json) {
        return new String(PodMounts.add(json.getBytes(StandardCharsets.UTF_8), new PodFiles(Linux.over(Door.open()), "/b"), true, IPC),
                StandardCharsets.UTF_8);
    }

    @Test
    void they_stand_behind_all_others() {
        String shm = "{\"destination\":\"/dev/shm\",\"type\":\"tmpfs\"}";
        assertEquals("{\"mounts\": [" + shm + "\n ," + HOSTNAME + "," + HOSTS + "," + RESOLVER + "," + MEMORY + "], " + JOINED + "}",
                add("{\"mounts\": [" + shm + "\n ], " + JOINED + "}"));
        assertEquals("{\"mounts\":[" + HOSTNAME + "," + HOSTS + "," + RESOLVER + "]}", add("{}"));
        assertEquals(" {\"mounts\":[" + HOSTNAME + "," + HOSTS + "," + RESOLVER + "],\"root\":{}}", add(" {\"root\":{}}"));
        assertEquals("{\"mounts\":[" + HOSTNAME + "," + HOSTS + "," + RESOLVER + "]}", add("{\"mounts\":[]}"));
    }

    @Test
    void a_root_that_is_read_only_has_them_read_only() {
        assertEquals("{\"mounts\":[" + HOSTNAME.replace("rw", "ro") + "," + HOSTS.replace("rw", "ro") + "," + RESOLVER.replace("rw", "ro")
                + "],\"root\":{\"readonly\":true}}", add("{\"root\":{\"readonly\":true}}"));
    }

    @Test
    void what_the_container_has_there_itself_stays() {
        String mine = "{\"destination\":\"/etc/hosts\"}";
        assertEquals("{\"mounts\":[" + mine + "," + HOSTNAME + "," + RESOLVER + "]}", add("{\"mounts\":[" + mine + "]}"));
    }

    /** The pod's /dev/shm goes with its ipc namespace, and covers no volume. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "{\"destination\":\"/dev/shm\",\"type\":\"bind\"}",
        "{\"destination\":\"/dev/shm\",\"type\":\"tmpfs\"},{\"destination\":\"/dev/shm/volume\",\"type\":\"bind\"}"})
    void a_volume_on_the_memory_stays(String mounts) {
        assertEquals("{\"mounts\":[" + mounts + "," + HOSTNAME + "," + HOSTS + "," + RESOLVER + "]," + JOINED + "}",
                add("{\"mounts\":[" + mounts + "]," + JOINED + "}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {"nonsense", "[]", "{\"mounts\":7}", "{\"mounts\":[{\"destination\":7}]}"})
    void what_is_no_configuration_is_left_to_the_runtime(String json) {
        byte[] same = json.getBytes(StandardCharsets.UTF_8);
        assertSame(same, PodMounts.add(same, new PodFiles(Linux.over(Door.open()), "/b"), true, IPC));
    }
}
