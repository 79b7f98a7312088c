package io.carafe.linux.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The readers of /proc, on texts as kernels write them. */
class ProcTest {

    @Test
    void a_line_of_mountinfo_is_its_fields() {
        assertEquals(List.of(new MountInfo(36, 35, "98:0", "/mnt1", "/mnt2", "rw,noatime", List.of("master:1"), "ext3", "/dev/root",
                "rw,errors=continue")), MountInfo.parse("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"));
    }

    @ParameterizedTest
    @CsvSource({"'- tmpfs tmpfs rw', ''", "'shared:7 - tmpfs tmpfs rw', 'shared:7'",
            "'shared:7 master:3 propagate_from:2 unbindable - tmpfs tmpfs rw', 'shared:7,master:3,propagate_from:2,unbindable'"})
    void tags_may_be_none_and_many(String tail, String tags) {
        assertEquals(tags, String.join(",", MountInfo.parse("1 0 0:1 / /a rw " + tail).get(0).tags()));
    }

    @Test
    void blanks_and_backslashes_in_names_are_unescaped() {
        MountInfo mount = MountInfo.parse("1 0 0:1 /r\\134o /a\\040b\\011c\\012d rw - fuse.x a\\040b\\134 rw,x=\\040").get(0);
        assertEquals("/r\\o", mount.root());
        assertEquals("/a b\tc\nd", mount.mountPoint());
        assertEquals("a b\\", mount.source());
    }

    @Test
    void the_page_size_is_in_the_auxiliary_vector() {
        byte[] auxv = new byte[48];
        auxv[0] = 33;
        auxv[16] = 6;
        auxv[25] = 0x40;
        assertEquals(OptionalLong.of(0x4000), AuxiliaryVector.pageSize(auxv));
        assertEquals(OptionalLong.empty(), AuxiliaryVector.pageSize(new byte[16]));
    }

    @Test
    void a_mount_may_have_no_source_and_be_named_like_the_separator() {
        MountInfo mount = MountInfo.parse("1 0 0:1 / /- rw - tmpfs  rw,size=1k").get(0);
        assertEquals("/-", mount.mountPoint());
        assertEquals("", mount.source());
        assertEquals("rw,size=1k", mount.superOptions());
    }

    @Test
    void an_option_is_a_whole_word() {
        MountInfo mount = MountInfo.parse("1 0 0:1 / / rw,nosuid,relatime - tmpfs t ro").get(0);
        assertTrue(mount.has("rw") && mount.has("nosuid") && mount.has("relatime"));
        assertFalse(mount.has("ro") || mount.has("suid") || mount.has("rela"));
    }

    @Test
    void every_line_is_a_mount_and_no_text_is_none() {
        assertEquals(2, MountInfo.parse("1 0 0:1 / / rw - a b c\n2 1 0:2 / /x rw - a b c\n").size());
        assertEquals(List.of(), MountInfo.parse(""));
    }

    @Test
    void a_process_stands_in_a_cgroup_of_each_hierarchy() {
        assertEquals(List.of(new ProcessCgroup(12, List.of("cpu", "cpuacct"), "/a"), new ProcessCgroup(1, List.of("name=systemd"), "/x:y z"),
                        new ProcessCgroup(0, List.of(), "/")),
                ProcessCgroup.parse("12:cpu,cpuacct:/a\n1:name=systemd:/x:y z\n0::/\n"));
        assertEquals(List.of(new ProcessCgroup(0, List.of(), "/gone (deleted)")), ProcessCgroup.parse("0::/gone (deleted)"));
        assertEquals(List.of(), ProcessCgroup.parse(""));
    }

    @Test
    void a_line_of_a_map_is_three_numbers() {
        assertEquals(List.of(new IdMap(0, 1000, 1), new IdMap(1, 100000, 4294967295L)),
                IdMap.parse("         0       1000          1\n         1     100000 4294967295\n"));
        assertEquals(List.of(), IdMap.parse(""));
    }

    @Test
    void the_name_in_stat_may_hold_anything() {
        String fields = " S 1 7 7 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 1 0 4711 0 0\n";
        for (String name : List.of("sh", "a b", "x) R 1 (y", "((")) {
            assertEquals(new ProcessStat('S', 4711), ProcessStat.parse("42 (" + name + ")" + fields), name);
        }
        assertFalse(ProcessStat.parse("42 (sh)" + fields.replace('S', 'Z')).isAlive());
    }
}
