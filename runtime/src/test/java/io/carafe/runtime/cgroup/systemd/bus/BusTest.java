package io.carafe.runtime.cgroup.systemd.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spoken with a bus of the test's own. */
class BusTest {

    private static final BusName NOBODY = new BusName("org.example.Nobody", "/", "org.example.Nobody");

    @TempDir
    private Path directory;
    private Process daemon;
    private String path;
    private final Linux linux = Linux.over(Door.open());

    @BeforeEach
    void daemon() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dbus-daemon")), "no dbus-daemon (Debian: dbus-daemon)");
        path = directory.resolve("bus").toString();
        Path config = Files.writeString(directory.resolve("bus.conf"), "<busconfig><type>session</type><listen>unix:path=" + path
                + "</listen><auth>EXTERNAL</auth><policy context='default'><allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/>"
                + "</policy></busconfig>");
        daemon = new ProcessBuilder("/usr/bin/dbus-daemon", "--nofork", "--print-address", "--config-file=" + config).start();
        try (BufferedReader output = daemon.inputReader()) {
            output.readLine(); // it listens
        }
    }

    @AfterEach
    void ended() {
        if (daemon != null) {
            daemon.destroy();
        }
    }

    @Test
    void a_call_is_answered() {
        try (Bus bus = Bus.connect(linux, path)) {
            assertEquals(List.of("1"), bus.call(BusName.BUS, "NameHasOwner", BusValue.text("org.freedesktop.DBus")));
            assertEquals(List.of("0"), bus.call(BusName.BUS, "NameHasOwner", BusValue.text("org.example.Nobody")));
            assertEquals(List.of("1"), bus.call(BusName.BUS, "RequestName", BusValue.text("org.example.Me"), BusValue.uint32(0)));
        }
    }

    @Test
    void an_error_has_a_name_and_a_text() {
        try (Bus bus = Bus.connect(linux, path)) {
            BusException e = assertThrows(BusException.class, () -> bus.call(NOBODY, "Do"));
            assertTrue(e.is("org.freedesktop.DBus.Error.ServiceUnknown"), e.getMessage());
            assertTrue(e.isAnswer() && e.getMessage().startsWith("Do: org.freedesktop.DBus.Error.ServiceUnknown: "), e.getMessage());
        }
    }

    @Test
    void a_signal_that_came_before_it_was_waited_for_is_not_lost() {
        try (Bus bus = Bus.connect(linux, path)) {
            bus.match(BusName.BUS, "NameOwnerChanged");
            for (String name : List.of("org.example.One", "org.example.Two")) {
                bus.call(BusName.BUS, "RequestName", BusValue.text(name), BusValue.uint32(0));
            }
            assertEquals("org.example.Two", bus.await("NameOwnerChanged", body -> body.get(0).equals("org.example.Two")).get(0));
            assertEquals("org.example.One", bus.await("NameOwnerChanged", body -> body.get(0).equals("org.example.One")).get(0));
        }
    }

    @Test
    void nobody_there_is_told_with_the_path() {
        String nowhere = directory.resolve("nowhere").toString();
        BusException e = assertThrows(BusException.class, () -> Bus.connect(linux, nowhere));
        assertTrue(!e.isAnswer() && e.getMessage().contains("connect " + nowhere + ": ENOENT"), e.getMessage());
    }

    @Test
    void a_bus_that_ends_is_an_error_and_no_wait() throws Exception {
        try (Bus bus = Bus.connect(linux, path)) {
            daemon.destroy();
            daemon.waitFor();
            assertThrows(BusException.class, () -> bus.call(BusName.BUS, "GetId"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "unix:path=/run/user/7/bus         | /run/user/7/bus",
        "unix:path=/a%2cb,guid=00          | /a,b",
        "unix:abstract=/tmp/x              | @/tmp/x",
        "tcp:host=localhost;unix:path=/b   | /b",
        "autolaunch:                       | -",
    })
    void an_address_names_a_socket(String address, String expected) {
        assertEquals(java.util.Optional.ofNullable(expected), BusAddress.first(address));
    }

    @Test
    void where_the_environment_is_silent_the_customary_places_count() {
        assertEquals("/run/dbus/system_bus_socket", BusAddress.system(name -> ""));
        assertEquals("/run/user/7/bus", BusAddress.user(name -> "", 7));
        assertEquals("/r/bus", BusAddress.user(name -> name.equals("XDG_RUNTIME_DIR") ? "/r" : "", 7));
        assertEquals("/s", BusAddress.user(name -> name.equals("DBUS_SESSION_BUS_ADDRESS") ? "unix:path=/s" : "/r", 7));
    }
}
