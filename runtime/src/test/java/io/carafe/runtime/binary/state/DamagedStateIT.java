package io.carafe.runtime.binary.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One damaged entry in the state root spoils no other, keeps no verb waiting, and is removed by force with what it had. */
@ExtendWith(HostUnchanged.class)
class DamagedStateIT {

    /** How an entry is damaged. @param entry its directory */
    private interface Damage {
        void of(Path entry) throws Exception;
    }

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle sound;
    private Process bystander;

    @BeforeEach
    void a_sound_container() throws IOException {
        carafe = Carafe.in(directory.resolve("root"));
        sound = Bundle.in(directory).args("/bin/sleep", "1000");
        run(sound);
        bystander = new ProcessBuilder("sleep", "1000").start();
    }

    @AfterEach
    void delete_it() {
        carafe.call("delete", "--force", sound.id()).succeeds();
        bystander.destroyForcibly();
    }

    private void run(Bundle bundle) {
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
    }

    private static Path state(Path entry) {
        return entry.resolve("state.json");
    }

    private static void replace(Path entry, String pattern, String by) throws IOException {
        Files.writeString(state(entry), Files.readString(state(entry)).replaceFirst(pattern, by));
    }

    private static void command(String... words) throws Exception {
        assertEquals(0, new ProcessBuilder(words).inheritIO().start().waitFor(), Arrays.toString(words));
    }

    private static void fifo(Path at) throws Exception {
        Files.deleteIfExists(at);
        command("mkfifo", at.toString());
    }

    private Map<String, Damage> damages() {
        Map<String, Damage> damages = new LinkedHashMap<>();
        damages.put("empty", entry -> Files.write(state(entry), new byte[0]));
        damages.put("garbage", entry -> Files.write(state(entry), new byte[] {(byte) 0xff, 0, 'g', 'a'}));
        damages.put("truncated", entry -> Files.writeString(state(entry), Files.readString(state(entry)).substring(0, 300)));
        damages.put("half of it zeros", entry -> {
            byte[] json = Files.readAllBytes(state(entry));
            Arrays.fill(json, json.length / 2, json.length, (byte) 0);
            Files.write(state(entry), json);
        });
        damages.put("another document", entry -> Files.writeString(state(entry), "[1, 2]"));
        damages.put("an object of something else", entry -> Files.writeString(state(entry), "{\"pid\": 7}"));
        damages.put("nested beyond all reason", entry -> Files.writeString(state(entry), "{\"hooks\":" + "[".repeat(1_000_000)));
        damages.put("missing", entry -> Files.delete(state(entry)));
        damages.put("a FIFO", entry -> fifo(state(entry)));
        damages.put("a link", entry -> {
            Files.move(state(entry), entry.resolve("elsewhere"));
            Files.createSymbolicLink(state(entry), entry.resolve("elsewhere"));
        });
        damages.put("a link to a device", entry -> {
            Files.delete(state(entry));
            Files.createSymbolicLink(state(entry), Path.of("/dev/zero"));
        });
        damages.put("a directory", entry -> {
            Files.delete(state(entry));
            Files.createDirectories(state(entry).resolve("with/more"));
            Files.writeString(state(entry).resolve("with/a file"), "x");
        });
        damages.put("larger than any state", entry -> {
            try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(state(entry).toFile(), "rw")) {
                file.setLength(1L << 40);
            }
        });
        damages.put("pid -1", entry -> replace(entry, "\"pid\":\\d+", "\"pid\":-1"));
        damages.put("pid 1", entry -> replace(entry, "\"pid\":\\d+,\"startTime\":\\d+", "\"pid\":1,\"startTime\":" + startTime(1)));
        damages.put("pid beyond", entry -> replace(entry, "\"pid\":\\d+", "\"pid\":4294967297"));
        damages.put("another's id", entry -> replace(entry, "\"id\":\"[^\"]*\"", "\"id\":\"" + sound.id() + "\""));
        damages.put("the lock is a FIFO, the state garbage", entry -> {
            fifo(entry.resolve("lock"));
            Files.writeString(state(entry), "garbage");
        });
        damages.put("the lock is a link, the state empty", entry -> {
            Files.deleteIfExists(entry.resolve("lock"));
            Files.createSymbolicLink(entry.resolve("lock"), Path.of("/etc/passwd"));
            Files.write(state(entry), new byte[0]);
        });
        damages.put("the lock is a directory, the state missing", entry -> {
            Files.deleteIfExists(entry.resolve("lock"));
            Files.createDirectories(entry.resolve("lock/x"));
            Files.delete(state(entry));
        });
        return damages;
    }

    private static long startTime(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> a_damaged_state_is_told_and_removed_by_force_with_its_cgroups_and_processes() {
        return damages().entrySet().stream().map(damage -> DynamicTest.dynamicTest(damage.getKey(), () -> {
            Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
            run(bundle);
            damage.getValue().of(carafe.root().resolve(bundle.id()));
            isTold(bundle.id());
            assertTrue(carafe.call("delete", bundle.id()).fails().contains(bundle.id()));
            isRemovedByForce(bundle.id());
            assertEquals(List.of(), cgroupsOf(bundle.id()));
            assertEquals(List.of(), processesOf(bundle.id()));
        }));
    }

    /** What has the name of a container, and no carafe made. */
    @TestFactory
    Stream<DynamicTest> what_is_no_directory_is_told_and_removed_by_force() {
        Map<String, Damage> strays = new LinkedHashMap<>();
        strays.put("a file", entry -> Files.writeString(entry, "x"));
        strays.put("a FIFO", DamagedStateIT::fifo);
        strays.put("a link to a container", entry -> Files.createSymbolicLink(entry, carafe.root().resolve(sound.id())));
        strays.put("a link to a directory", entry -> Files.createSymbolicLink(entry, Files.createDirectories(directory.resolve("kept/it"))));
        strays.put("a dangling link", entry -> Files.createSymbolicLink(entry, Path.of("nonesuch")));
        strays.put("an empty directory", Files::createDirectory);
        strays.put("a directory of anything", entry -> Files.createDirectories(entry.resolve("a/b/c")));
        return strays.entrySet().stream().map(stray -> DynamicTest.dynamicTest(stray.getKey(), () -> {
            String id = "stray";
            stray.getValue().of(carafe.root().resolve(id));
            isTold(id);
            isRemovedByForce(id);
            assertTrue(!stray.getKey().contains("to a directory") || Files.isDirectory(directory.resolve("kept/it")), "the link was followed");
        }));
    }

    private void isTold(String id) {
        for (String verb : List.of("state", "ps", "kill", "start", "pause", "resume", "events")) {
            assertTrue(carafe.call(verb, id).fails().contains(id), verb);
        }
        assertTrue(carafe.call("exec", id, "/bin/true").failsWith(255).contains(id));
        for (List<String> words : List.of(List.of("list"), List.of("list", "-q"), List.of("list", "--format", "json"))) {
            Carafe.Result list = carafe.call(words.toArray(String[]::new)).succeeds();
            assertTrue(list.out().contains(sound.id()), list::toString);
            assertFalse(list.out().contains(id), list::toString);
            assertEquals(1, list.err().lines().filter(line -> line.startsWith("carafe: warning: ") && line.contains(id)).count(), list::toString);
            assertEquals(1, list.err().lines().count(), list::toString);
        }
    }

    private void isRemovedByForce(String id) {
        Carafe.Result deleted = carafe.call("delete", "--force", id).succeeds();
        assertTrue(deleted.err().lines().allMatch(line -> line.startsWith("carafe: warning: ") && line.contains(id)), deleted::toString);
        assertFalse(Files.exists(carafe.root().resolve(id), java.nio.file.LinkOption.NOFOLLOW_LINKS));
        assertTrue(carafe.call("state", sound.id()).succeeds().out().contains("\"status\": \"running\""), "the other lives");
        assertTrue(bystander.isAlive());
    }

    private static List<String> cgroupsOf(String id) throws Exception {
        Process find = new ProcessBuilder("find", "/sys/fs/cgroup", "-type", "d", "-name", id).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new String(find.getInputStream().readAllBytes()).lines().toList();
    }

    private static List<String> processesOf(String id) {
        return ProcessHandle.allProcesses().map(process -> Path.of("/proc/" + process.pid() + "/cgroup")).filter(file -> {
            try {
                return Files.readString(file).contains(id) && !Files.readString(file.resolveSibling("stat")).contains(") Z ");
            } catch (IOException gone) {
                return false;
            }
        }).map(Path::toString).toList();
    }

    /** A state that can be read, and names what belongs to others. */
    @TestFactory
    Stream<DynamicTest> nothing_of_others_is_killed_or_removed_because_a_state_names_it() {
        Map<String, Damage> lies = new LinkedHashMap<>();
        String empty = directory.resolve("empty").toString();
        for (Map.Entry<String, String> cgroup : Map.of("/", "unified", empty, "unified", "/sys/fs/cgroup", "unified", empty + "/", "freezer",
                "/sys/fs/cgroup/freezer", "freezer", "/sys/fs/cgroup/unified", "unified").entrySet()) {
            lies.put("cgroups." + cgroup.getValue() + " is " + cgroup.getKey(),
                    entry -> replace(entry, "\"cgroups\":\\{[^}]*}", "\"cgroups\":{\"" + cgroup.getValue() + "\":\"" + cgroup.getKey() + "\"}"));
        }
        lies.put("cgroups are another container's", entry -> replace(entry, "\"cgroups\":\\{[^}]*}", java.util.regex.Matcher.quoteReplacement(
                Files.readString(state(carafe.root().resolve(sound.id()))).replaceFirst("(?s).*(\"cgroups\":\\{[^}]*}).*", "$1"))));
        lies.put("pid is another process's, with an old start time",
                entry -> replace(entry, "\"pid\":\\d+", "\"pid\":" + bystander.pid()));
        lies.put("pid 0", entry -> replace(entry, "\"pid\":\\d+,\"startTime\":\\d+", "\"pid\":0,\"startTime\":0"));
        return lies.entrySet().stream().map(lie -> DynamicTest.dynamicTest(lie.getKey(), () -> {
            Files.createDirectories(Path.of(empty));
            Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
            run(bundle);
            lie.getValue().of(carafe.root().resolve(bundle.id()));
            carafe.call("list").succeeds();
            isRemovedByForce(bundle.id());
            assertTrue(Files.isDirectory(Path.of(empty)), "a directory that is no cgroup");
            assertEquals(List.of(), cgroupsOf(bundle.id()));
            assertEquals(List.of(), processesOf(bundle.id()));
        }));
    }

    @Test
    void force_removes_nothing_through_what_is_mounted_in_an_entry() throws Exception {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        run(bundle);
        Path host = Files.createDirectories(directory.resolve("host"));
        Files.writeString(host.resolve("kept"), "x");
        Path place = Files.createDirectories(carafe.root().resolve(bundle.id()).resolve("place"));
        Carafe inside = carafe.behind("unshare", "--mount", "--propagation", "private", "sh", "-c",
                "mount --bind " + host + " " + place + " && exec \"$@\"", "sh");
        assertTrue(inside.call("delete", "--force", bundle.id()).fails().contains("EBUSY"));
        assertTrue(Files.exists(host.resolve("kept")));
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    /** Whatever both of its files say. */
    @Test
    void a_cgroup_that_is_no_directory_keeps_no_container_from_its_deletion() throws Exception {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        run(bundle);
        Path entry = carafe.root().resolve(bundle.id());
        String told = Files.readString(state(entry));
        assumeTrue(told.contains("\"cpu\":\"/sys/fs/cgroup/"), "needs the cpu controller of cgroup v1");
        for (Path file : List.of(state(entry), entry.resolve("state.json.before"))) {
            Files.writeString(file, Files.readString(file).replaceAll("\"cpu\":\"[^\"]*\"", "\"cpu\":\"/sys/fs/cgroup/cpu/tasks\""));
        }
        isRemovedByForce(bundle.id());
        assertEquals(List.of(), processesOf(bundle.id()));
        Files.delete(Path.of(told.replaceAll("(?s).*\"cpu\":\"([^\"]*)\".*", "$1"))); // which nobody knew of any more
        assertEquals(List.of(), cgroupsOf(bundle.id()));
    }
}
