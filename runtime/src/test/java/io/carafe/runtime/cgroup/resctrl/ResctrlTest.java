package io.carafe.runtime.cgroup.resctrl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.door.ForwardingKernel;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.IntelRdt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rules of config-linux.md, IntelRdt, on a made tree: a directory in which mkdir(2) brings the files that resctrl would. That the kernel
 * takes what is written there is not shown: no processor at hand has it.
 */
class ResctrlTest {

    private static final String L3 = "L3:0=7f0;1=1f";

    @TempDir
    private Path root;
    private Linux linux;

    @BeforeEach
    void tree() throws IOException {
        linux = Linux.over(new FilledDirectories(Door.open()));
        fill(root);
    }

    private static void fill(Path group) throws IOException {
        Files.createDirectories(group.resolve("mon_groups"));
        Files.createFile(group.resolve("tasks"));
        Files.writeString(group.resolve("schemata"), "    L3:0=7ff;1=7ff\n    MB:0= 100;1= 100\n");
    }

    private record FilledDirectories(Kernel behind) implements ForwardingKernel {
        @Override
        public long call(int nr, long a, long b, long c, long d, long e, long f) {
            long result = behind.call(nr, a, b, c, d, e, f);
            if (nr == Sys.MKDIRAT.nr && result == 0) {
                int length = 0;
                while (behind.getByte(b + length) != 0) {
                    length++;
                }
                byte[] path = new byte[length];
                behind.get(b, path, 0, length);
                try {
                    fill(Path.of(new String(path, StandardCharsets.UTF_8)));
                } catch (IOException failure) {
                    throw new AssertionError(failure);
                }
            }
            return result;
        }
    }

    private ResctrlPlan plan(String closID, String l3, String mb, List<String> schemata, boolean monitoring) {
        return ResctrlPlan.of(new IntelRdt(Optional.ofNullable(closID), schemata, Optional.ofNullable(l3), Optional.ofNullable(mb), monitoring),
                "web", Optional.of(root.toString()));
    }

    private String text(String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    @Test
    void without_closID_the_group_has_the_container_s_name_and_goes_with_it() throws IOException {
        ResctrlPlan plan = plan(null, L3, "MB:0=20;1=70", List.of("L2:0=f"), false);
        new Resctrl(linux).make(plan);
        assertTrue(text("web/schemata").startsWith("L3:0=7f0;1=1f\nMB:0=20;1=70\nL2:0=f\n"), "in this order: " + text("web/schemata"));
        new Resctrl(linux).join(plan.joined(), 42);
        assertEquals("42", text("web/tasks"));
        assertEquals(List.of(root + "/web"), plan.removedWithContainer());
    }

    @Test
    void an_update_writes_new_schemata_to_the_group_that_is_in_use() throws IOException {
        ResctrlPlan plan = plan(null, L3, null, List.of(), false);
        new Resctrl(linux).make(plan);
        new Resctrl(linux).update(plan.joined().get(0), plan(null, "L3:0=1;1=1", "MB:0=30;1=30", List.of(), false).schemata());
        assertTrue(text("web/schemata").startsWith("L3:0=1;1=1\nMB:0=30;1=30\n"), text("web/schemata"));
    }

    @Test
    void a_group_of_the_container_s_name_that_somebody_else_made_is_an_error() throws IOException {
        fill(root.resolve("web"));
        KernelException failure = assertThrows(KernelException.class, () -> new Resctrl(linux).make(plan(null, L3, null, List.of(), false)));
        assertEquals(Errno.EEXIST, failure.errno());
    }

    @Test
    void without_schemata_that_file_is_left_alone() throws IOException {
        new Resctrl(linux).make(plan(null, null, null, List.of(), false));
        assertEquals(text("schemata"), text("web/schemata"));
    }

    @Test
    void a_closID_with_schemata_is_made_and_stays() throws IOException {
        ResctrlPlan plan = plan("gold", null, null, List.of(L3), false);
        new Resctrl(linux).make(plan);
        assertTrue(text("gold/schemata").startsWith(L3 + "\n"));
        assertEquals(List.of(), plan.removedWithContainer());
    }

    @Test
    void a_closID_that_is_there_must_have_the_schemata() throws IOException {
        fill(root.resolve("gold"));
        String before = text("gold/schemata");
        new Resctrl(linux).make(plan("gold", "L3:0=07FF", "MB:0=100;1=100", List.of(), false));
        KernelException failure = assertThrows(KernelException.class, () -> new Resctrl(linux).make(plan("gold", L3, null, List.of(), false)));
        assertEquals("linux.intelRdt: " + root + "/gold has other schemata than " + L3 + ": EINVAL: invalid argument", failure.getMessage());
        assertEquals(before, text("gold/schemata"));
    }

    @Test
    void a_closID_alone_must_be_there() throws IOException {
        KernelException failure = assertThrows(KernelException.class, () -> new Resctrl(linux).make(plan("gold", null, null, List.of(), false)));
        assertEquals(Errno.ENOENT, failure.errno());
        assertFalse(Files.exists(root.resolve("gold")));
        fill(root.resolve("gold"));
        new Resctrl(linux).make(plan("gold", null, null, List.of(), false));
    }

    @Test
    void a_slash_is_the_default_group() throws IOException {
        ResctrlPlan plan = plan("/", null, null, List.of(), false);
        new Resctrl(linux).make(plan);
        new Resctrl(linux).join(plan.joined(), 42);
        assertEquals("42", text("tasks"));
    }

    @Test
    void monitoring_is_a_group_of_the_container_s_own_below() throws IOException {
        fill(root.resolve("gold"));
        ResctrlPlan plan = plan("gold", null, null, List.of(), true);
        new Resctrl(linux).make(plan);
        new Resctrl(linux).join(plan.joined(), 42);
        assertEquals("42", text("gold/tasks"));
        assertEquals("42", text("gold/mon_groups/web/tasks"));
        assertEquals(List.of(root + "/gold/mon_groups/web"), plan.removedWithContainer());
    }

    /** rmdir(2) of a real group takes its files along; here it needs an empty one. */
    @Test
    void what_was_made_is_taken_back_when_a_later_step_fails() throws IOException {
        Linux plain = Linux.over(Door.open());
        assertThrows(KernelException.class, () -> new Resctrl(plain).make(plan(null, L3, null, List.of(), false)), "no schemata file in there");
        assertFalse(Files.exists(root.resolve("web")));
        new Resctrl(plain).remove(List.of(root + "/web"));
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "a/b", "/a", "info", "mon_groups", "mon_data"})
    void what_is_no_directory_of_ones_own_is_no_closID(String closID) {
        assertThrows(SpecException.class, () -> plan(closID, null, null, List.of(), false));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"MB:0=1, -", "'L3:0=1\nMB:0=1', -", "-, L3:0=1", "-, 'MB:0=1\n'"})
    void a_schema_is_one_line_of_its_resource(String l3, String mb) {
        assertThrows(SpecException.class, () -> plan(null, l3, mb, List.of(), false));
    }

    @Test
    void without_the_file_system_that_is_the_error() {
        assertTrue(assertThrows(SpecException.class, () -> ResctrlPlan.of(new IntelRdt(Optional.empty(), List.of(), Optional.empty(),
                Optional.empty(), false), "web", Optional.empty())).getMessage().startsWith("linux.intelRdt: no resctrl file system is mounted"));
    }
}
