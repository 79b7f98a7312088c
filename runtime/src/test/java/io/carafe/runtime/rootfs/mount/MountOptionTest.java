package io.carafe.runtime.rootfs.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountOptionTest {

    /** The options of runtime-spec 1.3.0, config.md, Linux mount options. */
    private static final String SPECIFIED = "async atime bind defaults dev diratime dirsync exec idmap iversion lazytime loud mand noatime"
            + " nodev nodiratime noexec noiversion nolazytime nomand norelatime nostrictatime nosuid nosymfollow private ratime rbind"
            + " rdev rdiratime relatime remount rexec ridmap rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid rnosymfollow ro"
            + " rprivate rrelatime rro rrw rshared rslave rstrictatime rsuid rsymfollow runbindable rw shared silent slave"
            + " strictatime suid symfollow sync tmpcopyup unbindable rnodev";

    /** crun(1). */
    private static final List<String> OF_CRUN = List.of("copy-symlink", "dest-nofollow", "src-nofollow");

    private static MountOptions parse(String words) {
        return MountOptions.parse(words.isEmpty() ? List.of() : List.of(words.split(",")));
    }

    @Test
    void every_option_of_the_specification_is_known() {
        Set<String> all = new TreeSet<>(List.of(SPECIFIED.split(" ")));
        all.addAll(OF_CRUN);
        assertEquals(all, new TreeSet<>(MountOption.names()));
        assertEquals(List.copyOf(new TreeSet<>(MountOption.names())), MountOption.names(), "sorted");
    }

    /** As mount(2) has them, but for what may have commas in it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "size=1m,mode=755                  | size=1m;mode=755",
        "noexec,size=1m,,ro                | size=1m",
        "context=u:r:t:s0:c1,c2            | context=u:r:t:s0:c1,c2",
        "rootcontext=\"u:r:t:s0:c1,c2\",ro | rootcontext=\"u:r:t:s0:c1,c2\",ro",
        "lowerdir=/a\\,b:/c              | lowerdir=/a\\,b:/c",
    })
    void a_comma_ends_an_option(String word, String data) {
        MountOptions options = MountOptions.parse(List.of(word));
        assertEquals(List.of(data.split(";")), options.data());
        assertEquals(word.startsWith("noexec"), options.attributes().isReadOnly());
    }

    /** Bits of linux/mount.h: what mount_setattr(2) is told, and what mount(2) is told for a new mount. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "                    | 0x0      | 0x0      | 0x0",
        "defaults            | 0x0      | 0x0      | 0x0",
        "ro                  | 0x1      | 0x0      | 0x1",
        "rw                  | 0x0      | 0x1      | 0x0",
        "ro,rw               | 0x0      | 0x1      | 0x0",
        "rw,ro               | 0x1      | 0x0      | 0x1",
        "nosuid,nodev,noexec | 0xe      | 0x0      | 0xe",
        "suid,dev,exec       | 0x0      | 0xe      | 0x0",
        "nosymfollow         | 0x200000 | 0x0      | 0x100",
        "symfollow           | 0x0      | 0x200000 | 0x0",
        "nodiratime          | 0x80     | 0x0      | 0x800",
        "diratime            | 0x0      | 0x80     | 0x0",
        "noatime             | 0x10     | 0x70     | 0x400",
        "strictatime         | 0x20     | 0x70     | 0x1000000",
        "relatime            | 0x0      | 0x70     | 0x200000",
        "noatime,atime       | 0x0      | 0x70     | 0x200000",
        "norelatime          | 0x0      | 0x70     | 0x200000",
        "nostrictatime       | 0x0      | 0x70     | 0x200000",
        "strictatime,atime   | 0x20     | 0x70     | 0x1000000",
        "noatime,strictatime | 0x20     | 0x70     | 0x1000000",
        "sync,dirsync,mand   | 0x0      | 0x0      | 0xd0",
        "lazytime,iversion,silent | 0x0 | 0x0      | 0x2808000",
        "lazytime,nolazytime,iversion,noiversion,silent,loud,sync,async,mand,nomand | 0x0 | 0x0 | 0x0",
    })
    void options_become_bits(String words, String set, String cleared, String mount) {
        MountOptions options = parse(words == null ? "" : words);
        assertEquals(Long.decode(set), options.attributes().bitsToSet());
        assertEquals(Long.decode(cleared), options.attributes().bitsToClear());
        assertEquals(Long.decode(mount), options.mountBits());
        assertTrue(options.below().isEmpty() && options.data().isEmpty() && options.propagation().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "rro                   | 0x1      | 0x0",
        "rrw                   | 0x0      | 0x1",
        "rnosuid,rnodev,rnoexec| 0xe      | 0x0",
        "rsuid,rdev,rexec      | 0x0      | 0xe",
        "rnodiratime           | 0x80     | 0x0",
        "rdiratime             | 0x0      | 0x80",
        "rnoatime              | 0x10     | 0x70",
        "ratime                | 0x0      | 0x70",
        "rrelatime             | 0x0      | 0x70",
        "rnorelatime           | 0x0      | 0x70",
        "rstrictatime          | 0x20     | 0x70",
        "rnostrictatime        | 0x0      | 0x70",
        "rnosymfollow          | 0x200000 | 0x0",
        "rsymfollow            | 0x0      | 0x200000",
    })
    void recursive_options_are_kept_apart(String words, String set, String cleared) {
        MountOptions options = parse(words);
        assertEquals(Long.decode(set), options.below().bitsToSet());
        assertEquals(Long.decode(cleared), options.below().bitsToClear());
        assertTrue(options.attributes().isEmpty());
    }

    /** The recursive flag is of this mount, too: whatever stands beside it, in whatever order, it is what the mount gets. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "rw,rro                  | 0x1      | 0x0      | 0x0  | 0x0",
        "rro,rw                  | 0x1      | 0x0      | 0x0  | 0x0",
        "ro,rro                  | 0x1      | 0x0      | 0x0  | 0x0",
        "ro,rrw                  | 0x0      | 0x1      | 0x0  | 0x0",
        "rrw,ro                  | 0x0      | 0x1      | 0x0  | 0x0",
        "suid,rnosuid            | 0x2      | 0x0      | 0x0  | 0x0",
        "rnosuid,suid            | 0x2      | 0x0      | 0x0  | 0x0",
        "dev,rnodev              | 0x4      | 0x0      | 0x0  | 0x0",
        "rnoexec,exec            | 0x8      | 0x0      | 0x0  | 0x0",
        "noexec,rexec            | 0x0      | 0x8      | 0x0  | 0x0",
        "symfollow,rnosymfollow  | 0x200000 | 0x0      | 0x0  | 0x0",
        "rnodiratime,diratime    | 0x80     | 0x0      | 0x0  | 0x0",
        "relatime,rnoatime       | 0x10     | 0x70     | 0x0  | 0x0",
        "rnoatime,strictatime    | 0x10     | 0x70     | 0x0  | 0x0",
        "noatime,rstrictatime    | 0x20     | 0x70     | 0x0  | 0x0",
        "rrelatime,noatime       | 0x0      | 0x70     | 0x0  | 0x0",
        "rw,nosuid,dev,rro       | 0x1      | 0x0      | 0x2  | 0x4",
    })
    void a_recursive_option_wins_over_its_opposite(String words, String setBelow, String clearedBelow, String set, String cleared) {
        MountOptions options = parse(words);
        assertEquals(Long.decode(setBelow), options.below().bitsToSet());
        assertEquals(Long.decode(clearedBelow), options.below().bitsToClear());
        assertEquals(Long.decode(set), options.attributes().bitsToSet());
        assertEquals(Long.decode(cleared), options.attributes().bitsToClear());
    }

    @Test
    void what_the_hosts_own_mount_gets_read_only_has_its_other_recursive_flags_as_well() {
        MountOptions bound = parse("ro,rnosuid").asRecursiveBind();
        assertEquals(0x3, bound.below().bitsToSet());
        assertEquals(0x3, parse("rw,rro,rnosuid").asRecursiveBind().below().bitsToSet());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "private    | 0x40000",  "rprivate    | 0x44000",  "slave  | 0x80000",  "rslave  | 0x84000",
        "shared     | 0x100000", "rshared     | 0x104000", "unbindable | 0x20000", "runbindable | 0x24000"})
    void propagation_is_of_mount_2(String word, String bits) {
        assertEquals(List.of(Long.decode(bits)), parse(word).propagation());
    }

    @Test
    void the_kind_of_mount_is_among_the_options() {
        assertTrue(parse("bind").bind() && !parse("bind").recursive());
        assertTrue(parse("rbind").bind() && parse("rbind").recursive());
        assertTrue(parse("remount").remount());
        assertFalse(parse("ro").bind());
        assertTrue(parse("tmpcopyup").copyUp() && !parse("ro").copyUp());
        assertEquals(List.of(), parse("tmpcopyup").data());
    }

    @Test
    void any_other_word_is_the_file_systems() {
        MountOptions options = parse("nosuid,mode=755,newinstance,size=65536k");
        assertEquals(List.of("mode=755", "newinstance", "size=65536k"), options.data());
        assertTrue(options.says("mode") && options.says("newinstance") && !options.says("mod") && !options.says("gid"));
    }

    @ParameterizedTest
    @CsvSource({"idmap, false", "ridmap, true", "'idmap,ridmap', true", "'ridmap,idmap', true"})
    void mapped_ids_are_for_one_mount_or_for_all_below(String words, boolean recursive) {
        assertEquals(Optional.of(new MountIds(List.of(), List.of(), recursive)), parse(words).ids());
        assertEquals(List.of(), parse(words).data());
    }

    @Test
    void mount_2_is_for_what_fsconfig_cannot_say() {
        assertFalse(parse("ro,sync,mode=755").needsMount2("tmpfs"));
        assertTrue(parse("iversion").needsMount2(""));
        assertTrue(parse("silent").needsMount2(""));
        assertTrue(parse("lowerdir=/" + "x".repeat(255)).needsMount2(""));
        assertTrue(parse("").needsMount2("/" + "x".repeat(255)));
    }

    @Test
    void a_list_of_layers_that_no_page_holds_is_given_one_by_one() {
        String long1 = "/" + "x".repeat(2000);
        String long2 = "/" + "y".repeat(2100);
        assertEquals(List.of("lowerdir+=/a:b", "lowerdir+=/\\", "lowerdir+=" + long1, "datadir+=" + long2, "upperdir=/u:v"),
                parse("lowerdir=/a\\:b:/\\\\:" + long1 + "::" + long2 + ",upperdir=/u:v").withLayersOneByOne("overlay").data());
        assertEquals(List.of("lowerdir=/a:/b"), parse("lowerdir=/a:/b").withLayersOneByOne("overlay").data());
        assertFalse(parse("lowerdir=" + "/layer:".repeat(900)).withLayersOneByOne("overlay").needsMount2("overlay"));
    }

    /** f_flags of statfs(2): ro 1, nosuid 2, nodev 4, noexec 8, noatime 0x400, relatime 0x1000. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ro          | 0x100e | 0x20000f",
        "rw          | 0x1003 | 0x200002",
        "suid        | 0x000e | 0x00000c",
        "strictatime | 0x0404 | 0x1000004",
        "nosymfollow | 0x0400 | 0x000500",
    })
    void a_remount_keeps_what_it_is_not_asked_to_change(String words, String now, String bits) {
        assertEquals(Long.decode(bits), parse(words).attributes().remountBits(Long.decode(now)));
    }
}
