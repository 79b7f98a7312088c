package io.carafe.runtime.cgroup.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import io.carafe.spec.json.SpecException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopePlanTest {

    private static final SystemdHost HOST = SystemdHost.of(false, "", "252.38-1~deb12u1");
    private static final SystemdHost USERS = SystemdHost.of(true, "/user.slice/user-7.slice/user@7.service", "252");

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "-                             | carafe-web.scope | system.slice      | /system.slice/carafe-web.scope",
        "machine.slice:libpod:f00      | libpod-f00.scope | machine.slice     | /machine.slice/libpod-f00.scope",
        "a-b-c.slice:p:n               | p-n.scope        | a-b-c.slice       | /a.slice/a-b.slice/a-b-c.slice/p-n.scope",
        ":runc:n                       | runc-n.scope     | system.slice      | /system.slice/runc-n.scope",
        "-.slice:p:n                   | p-n.scope        | -.slice           | /p-n.scope",
        "x.slice::n                    | n.scope          | x.slice           | /x.slice/n.scope",
        "x.slice:p:n.scope             | p-n.scope        | x.slice           | /x.slice/p-n.scope",
    })
    void a_path_names_a_scope_in_a_slice(String cgroupsPath, String unit, String slice, String path) {
        ScopePlan plan = ScopePlan.of(Optional.ofNullable(cgroupsPath), "web", HOST);
        assertEquals(List.of(unit, slice, path), List.of(plan.unit(), plan.slice(), plan.path()));
    }

    @Test
    void a_users_scope_is_in_the_users_own_tree() {
        assertEquals("/user.slice/user-7.slice/user@7.service/user.slice/carafe-web.scope", ScopePlan.of(Optional.empty(), "web", USERS).path());
    }

    @Test
    void an_id_that_is_no_name_of_a_unit_is_escaped() {
        assertEquals("carafe-a\\x2bb.scope", ScopePlan.of(Optional.empty(), "a+b", HOST).unit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/b", "a/b", "a:b", "a.slice:p:n:m", "a.slice:p:", "a.slice:p:pod.slice", "a:p:n", ".slice:p:n", "-a.slice:p:n",
        "a-.slice:p:n", "a--b.slice:p:n", "../a.slice:p:n", "a.slice:p:n/../m", "a.slice:p:n m"})
    void another_form_is_refused_by_the_propertys_name(String cgroupsPath) {
        SpecException e = assertThrows(SpecException.class, () -> ScopePlan.of(Optional.of(cgroupsPath), "web", HOST));
        assertTrue(e.getMessage().startsWith("linux.cgroupsPath: "), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"252.38-1~deb12u1, 252", "v249, 249", "256~rc1, 256", "main, 0"})
    void a_version_begins_with_a_number(String text, int version) {
        assertEquals(version, SystemdHost.of(false, "/", text).version());
    }

    private static String told(String file, String text, int version) {
        StringBuilder told = new StringBuilder();
        for (UnitProperty property : LimitProperty.of(Map.of(file, List.of(text)), version)) {
            BusValue value = property.value();
            told.append(told.length() == 0 ? "" : " ").append(property.name()).append('=').append(value.signature().equals("t")
                    ? Long.toUnsignedString((Long) value.value()) : value.parts().stream().map(BusValue::value).toList());
        }
        return told.toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "memory.max            | 67108864     | MemoryMax=67108864",
        "memory.max            | max          | MemoryMax=18446744073709551615",
        "memory.low            | 1            | MemoryLow=1",
        "memory.high           | 2            | MemoryHigh=2",
        "memory.min            | 3            | MemoryMin=3",
        "memory.swap.max       | 0            | MemorySwapMax=0",
        "memory.limit_in_bytes | -1           | MemoryLimit=18446744073709551615",
        "cpu.weight            | 59           | CPUWeight=59",
        "cpu.idle              | 1            | CPUWeight=0",
        "cpu.idle              | 0            | ''",
        "cpu.shares            | 512          | CPUShares=512",
        "cpu.max               | 50000 100000 | CPUQuotaPerSecUSec=500000 CPUQuotaPeriodUSec=100000",
        "cpu.max               | 1000 3000    | CPUQuotaPerSecUSec=333334 CPUQuotaPeriodUSec=3000",
        "cpu.max               | max 50000    | CPUQuotaPerSecUSec=18446744073709551615 CPUQuotaPeriodUSec=50000",
        "cpu.max               | 200000       | CPUQuotaPerSecUSec=2000000 CPUQuotaPeriodUSec=100000",
        "cpu.cfs_quota_us      | 50000        | CPUQuotaPerSecUSec=500000 CPUQuotaPeriodUSec=100000",
        "cpu.cfs_quota_us      | -1           | CPUQuotaPerSecUSec=18446744073709551615 CPUQuotaPeriodUSec=100000",
        "cpuset.cpus           | 0-2,9        | AllowedCPUs=[7, 2]",
        "cpuset.mems           | 0            | AllowedMemoryNodes=[1]",
        "pids.max              | 51           | TasksMax=51",
        "pids.max              | max          | TasksMax=18446744073709551615",
        "pids.max              | 0            | ''",
        "io.weight             | default 300  | IOWeight=300",
        "blkio.weight          | 500          | BlockIOWeight=500",
        "memory.max            | lots         | ''",
        "memory.oom.group      | 1            | ''",
    })
    void a_control_file_has_its_property(String file, String text, String properties) {
        assertEquals(properties, told(file, text, 252));
    }

    @ParameterizedTest
    @CsvSource({"cpuset.cpus, 0, 243, ''", "cpu.idle, 1, 251, ''", "cpu.max, 1 2, 241, CPUQuotaPerSecUSec=500000"})
    void what_an_older_systemd_does_not_know_is_left_to_the_files(String file, String text, int version, String properties) {
        assertEquals(properties, told(file, text, version));
    }

    private static Map<String, BusValue> properties(Map<String, List<String>> controls, Map<String, String> annotations) {
        Map<String, BusValue> properties = new LinkedHashMap<>();
        ScopePlan.of(Optional.empty(), "web", HOST).with(controls, annotations, "web", HOST).properties()
                .forEach(property -> properties.put(property.name(), property.value()));
        return properties;
    }

    @Test
    void a_scope_is_delegated_and_goes_when_it_is_empty() {
        assertEquals(Map.of("Description", BusValue.text("container web of carafe"), "Slice", BusValue.text("system.slice"), "Delegate",
                BusValue.bool(true), "DefaultDependencies", BusValue.bool(false), "CollectMode", BusValue.text("inactive-or-failed")),
                properties(Map.of(), Map.of()));
    }

    @Test
    void device_rules_of_v1_become_a_strict_policy() {
        Map<String, BusValue> properties = properties(Map.of("devices.deny", List.of("a"), "devices.allow",
                List.of("c *:* m", "b *:* m", "c 1:3 rwm", "c 136:* rw")), Map.of());
        assertEquals(BusValue.text("strict"), properties.get("DevicePolicy"));
        assertEquals("a(ss)", properties.get("DeviceAllow").signature());
        assertEquals(List.of("char-* m", "block-* m", "/dev/char/1:3 rwm", "char-136 rw"), properties.get("DeviceAllow").parts().stream()
                .map(pair -> pair.parts().get(0).value() + " " + pair.parts().get(1).value()).toList());
        assertEquals(null, properties(Map.of("devices.allow", List.of("a")), Map.of()).get("DevicePolicy"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "CollectMode     | 'inactive' | CollectMode     | s | inactive",
        "TimeoutStopSec  | 5          | TimeoutStopUSec | t | 5000000",
        "TimeoutStopSec  | 0.5        | TimeoutStopUSec | t | 500000",
        "TimeoutStopUSec | uint64 7   | TimeoutStopUSec | t | 7",
        "Delegate        | false      | Delegate        | b | false",
    })
    void an_annotation_is_a_property_and_wins(String name, String text, String property, String signature, String value) {
        BusValue told = properties(Map.of(), Map.of("org.systemd.property." + name, text)).get(property);
        assertEquals(signature + " " + value, told.signature() + " " + told.value());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"Ab | true", "A1b | true", "Abc | yes", "XyzSec | 'now'", "XyzSec | -1"})
    void an_annotation_that_is_none_is_refused(String name, String text) {
        SpecException e = assertThrows(SpecException.class, () -> properties(Map.of(), Map.of("org.systemd.property." + name, text)));
        assertTrue(e.getMessage().startsWith("annotations.org.systemd.property." + name + ": "), e.getMessage());
    }

    /** At this size who goes through all properties for each of them is busy for many minutes. */
    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void three_hundred_thousand_annotated_properties_are_taken_over() {
        Map<String, String> annotations = new LinkedHashMap<>();
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < 300_000; i++) {
            name.setLength(0);
            for (int rest = i; rest > 0 || name.length() < 4; rest /= 26) {
                name.append((char) ('a' + rest % 26));
            }
            annotations.put("org.systemd.property." + name, "true");
        }
        assertTrue(ScopePlan.of(Optional.empty(), "web", HOST).with(Map.of(), annotations, "web", HOST).properties().size() >= 300_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999999999-5", "5-1", "0-65536", ""})
    void a_list_of_cpus_that_is_none_is_left_to_the_file(String list) {
        assertEquals(List.of(), ScopePlan.update(Map.of("cpuset.cpus", List.of(list)), HOST));
    }
}
