package io.carafe.runtime.init.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.runtime.init.namespace.IdMaps.Writer;
import io.carafe.spec.Config;
import io.carafe.spec.OciVersion;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.TimeOffset;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NamespacesPlanTest {

    private static final IdMaps.Caller ROOT = new IdMaps.Caller(0, 0, true, true);
    private static final IdMaps.Caller USER = new IdMaps.Caller(1000, 1001, false, false);
    private static final List<IdMapping> MANY = List.of(new IdMapping(0, 100000, 65536));

    /** @param words {@code uts}, a new one, or {@code uts=/path} */
    private static Linux linux(String... words) {
        List<Namespace> namespaces = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            NamespaceType type = NamespaceType.valueOf((equals < 0 ? word : word.substring(0, equals)).toUpperCase());
            namespaces.add(new Namespace(type, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1))));
        }
        return Linux.EMPTY.withNamespaces(namespaces);
    }

    private static Config config(Linux linux) {
        return Config.of(OciVersion.CURRENT).withProcess(Process.of("/", List.of("sh"), List.of())).withLinux(linux);
    }

    private static NamespacesPlan plan(Config config) {
        return NamespacesPlan.of(config, ROOT);
    }

    private static String complaint(Config config, IdMaps.Caller caller) {
        return assertThrows(SpecException.class, () -> NamespacesPlan.of(config, caller)).getMessage();
    }

    @ParameterizedTest
    @EnumSource(NamespaceType.class)
    void each_type_is_new_or_joined_or_the_callers(NamespaceType type) {
        NamespaceKind kind = NamespaceKind.of(type);
        Linux maps = Linux.EMPTY;
        Linux fresh = linux(type.name());
        NamespacesPlan made = plan(config(kind == NamespaceKind.USER ? fresh.withMappings(MANY, MANY) : fresh));
        assertTrue(made.isFresh(kind) && made.has(kind) && !made.isJoined(kind));
        assertEquals(kind.flag, made.all());
        NamespacesPlan joined = plan(config(linux(type.name() + "=/x")));
        assertTrue(joined.isJoined(kind) && joined.has(kind) && !joined.isFresh(kind));
        assertEquals(kind.flag, joined.all(), "exec joins what was joined, too");
        assertEquals(0, joined.cloneFlags());
        assertFalse(plan(config(maps)).has(kind));
    }

    @Test
    void what_is_joined_is_joined_in_the_order_of_the_kinds() {
        NamespacesPlan plan = plan(config(linux("mount=/m", "network=/n", "pid=/p", "user=/u", "ipc")));
        assertEquals(List.of(NamespaceKind.USER, NamespaceKind.PID, NamespaceKind.NETWORK, NamespaceKind.MOUNT),
                plan.joined().stream().map(NamespacesPlan.Joined::kind).toList());
        assertEquals("linux.namespaces[2].path", plan.joined().get(1).property());
    }

    @ParameterizedTest
    @CsvSource({
        "pid uts,                    false",
        "network=/n ipc=/i mount,    false",
        "time,                       false",
        "cgroup=/c time=/t,          false",
        "pid=/p,                     true",
        "user=/u,                    true",
        "user=/u pid=/p mount=/m,    true",
        "user,                       false",
        "user pid mount,             false",
        "user network=/n,            true",
    })
    void somebody_goes_before_the_init_only_where_it_must(String words, boolean intermediate) {
        Linux linux = linux(words.split(" "));
        NamespacesPlan plan = plan(config(words.matches("user($| .*)") ? linux.withMappings(MANY, MANY) : linux));
        assertEquals(intermediate, plan.needsIntermediate());
        assertEquals(!intermediate && words.startsWith("user"), (plan.cloneFlags() & ProcessFlags.CLONE_NEWUSER) != 0);
    }

    @Test
    void offsets_are_written_before_the_first_process_is_there() {
        Map<String, TimeOffset> offsets = Map.of("monotonic", new TimeOffset(-5, 7));
        NamespacesPlan plan = plan(config(linux("time").withTimeOffsets(offsets)));
        assertEquals("monotonic -5 7\n", plan.timeOffsets());
        assertTrue(plan.needsIntermediate());
        assertEquals(0, plan.cloneFlags() & ProcessFlags.CLONE_NEWTIME);
        String other = "linux.timeOffsets: expected a new time namespace in linux.namespaces: of another they cannot be set";
        assertEquals(other, complaint(config(linux("time=/t").withTimeOffsets(offsets)), ROOT));
        assertEquals(other, complaint(config(linux("uts").withTimeOffsets(offsets)), ROOT));
        assertEquals("linux.timeOffsets.realtime: expected the clock monotonic or boottime",
                complaint(config(linux("time").withTimeOffsets(Map.of("realtime", new TimeOffset(1, 0)))), ROOT));
        assertEquals("linux.timeOffsets.boottime.nanosecs: expected 0 to 999999999, found 1000000000",
                complaint(config(linux("time").withTimeOffsets(Map.of("boottime", new TimeOffset(1, 1_000_000_000)))), ROOT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "uts uts          | linux.namespaces[1].type: expected each type once, found uts again",
        "uts uts=/x       | linux.namespaces[1].type: expected each type once, found uts again",
        "uts=run/x        | linux.namespaces[0].path: expected an absolute path, found \"run/x\"",
        "user             | linux.uidMappings: expected at least one mapping for the user namespace, found none",
    })
    void a_list_of_namespaces_is_refused_in_one_line(String words, String complaint) {
        assertEquals(complaint, complaint(config(linux(words.split(" "))), ROOT));
    }

    @Test
    void names_need_a_namespace_for_them_and_maps_mean_nothing_without() {
        Linux mapped = linux("uts").withMappings(MANY, MANY);
        assertEquals(Optional.empty(), plan(config(mapped)).maps());
        assertEquals(List.of("linux.uidMappings, linux.gidMappings: linux.namespaces has no user namespace; going on without them"),
                plan(config(mapped)).warnings(mapped));
        assertEquals("hostname: expected a uts namespace in linux.namespaces: it would change the host's name",
                complaint(config(linux("pid")).withHostname("x"), ROOT));
        plan(config(linux("uts=/x")).withHostname("x"));
        assertEquals("linux.namespaces: expected a user namespace: an ordinary user can make no other without one",
                complaint(config(linux("pid")), USER));
        NamespacesPlan.of(config(linux("user=/u", "pid")), USER);
    }

    @Test
    void what_would_change_the_callers_own_is_noted() {
        assertEquals("hostname", plan(config(linux("uts=/x")).withHostname("x")).joined().get(0).changedBy());
        Linux net = linux("network=/n", "ipc=/i").withSysctl(Map.of("net.ipv4.ip_forward", "1"));
        assertEquals(List.of("", "linux.sysctl[\"net.ipv4.ip_forward\"]"),
                plan(config(net)).joined().stream().map(NamespacesPlan.Joined::changedBy).sorted().toList());
    }

    @Test
    void the_user_of_the_process_must_be_mapped() {
        Config config = config(linux("user").withMappings(MANY, MANY));
        assertEquals("process.user.uid: expected an id of linux.uidMappings, found 65536", complaint(config.withProcess(
                config.process().orElseThrow().withUser(User.of(65536, 0))), ROOT));
        assertEquals("process.user.gid: expected an id of linux.gidMappings, found 70000", complaint(config.withProcess(
                config.process().orElseThrow().withUser(User.of(0, 70000))), ROOT));
    }

    private static IdMaps maps(List<IdMapping> uids, List<IdMapping> gids, IdMaps.Caller caller) {
        return IdMaps.of("linux", uids, gids, caller);
    }

    @Test
    void an_ordinary_user_writes_its_own_id_and_a_program_any_other() {
        List<IdMapping> uid = List.of(new IdMapping(0, 1000, 1));
        List<IdMapping> gid = List.of(new IdMapping(0, 1001, 1));
        List<IdMapping> more = List.of(new IdMapping(0, 1000, 1), new IdMapping(1, 100000, 65536));
        assertEquals(List.of(Writer.OWN_ID, Writer.OWN_ID), writers(maps(uid, gid, USER)));
        assertEquals(List.of(Writer.PROGRAM, Writer.OWN_ID), writers(maps(more, gid, USER)));
        assertEquals(List.of(Writer.PROGRAM, Writer.PROGRAM), writers(maps(gid, uid, USER)));
        assertEquals(List.of(Writer.PRIVILEGED, Writer.PRIVILEGED), writers(maps(more, more, ROOT)));
        assertEquals(List.of(Writer.PRIVILEGED, Writer.PROGRAM), writers(maps(more, more, new IdMaps.Caller(1000, 1001, true, false))));
    }

    private static List<Writer> writers(IdMaps maps) {
        return List.of(maps.uids().writer(), maps.gids().writer());
    }

    @Test
    void a_range_that_no_kernel_takes_is_named() {
        assertEquals("linux.uidMappings[1]: expected ranges that do not overlap, found 5:200000:10 and 0:100000:10 of [0]",
                complaint(List.of(new IdMapping(0, 100000, 10), new IdMapping(5, 200000, 10))));
        assertEquals("linux.uidMappings[1]: expected ranges that do not overlap, found 10:100009:1 and 0:100000:10 of [0]",
                complaint(List.of(new IdMapping(0, 100000, 10), new IdMapping(10, 100009, 1))));
        assertEquals("linux.uidMappings[0].size: expected at least 1, found 0", complaint(List.of(new IdMapping(0, 0, 0))));
        assertEquals("linux.uidMappings[0]: expected ids up to 4294967294, found 0:4294967295:1",
                complaint(List.of(new IdMapping(0, 4294967295L, 1))));
        List<IdMapping> lines = new ArrayList<>();
        for (int i = 0; i < 341; i++) {
            lines.add(new IdMapping(i, 2 * i, 1));
        }
        assertEquals("linux.uidMappings: expected at most 340 ranges, found 341", complaint(lines));
        maps(lines.subList(0, 340), MANY, ROOT);
    }

    private static String complaint(List<IdMapping> uids) {
        return assertThrows(SpecException.class, () -> maps(uids, MANY, ROOT)).getMessage();
    }
}
