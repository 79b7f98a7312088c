package io.carafe.runtime.binary.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Roots of layers by {@code --overlay}, and volumes. */
@ExtendWith(HostUnchanged.class)
class OverlayIT {

    private static final int ORDINARY_USER = 65534;

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
    }

    private Carafe.Result run(Carafe by, Bundle bundle, String... options) {
        List<String> words = new ArrayList<>(List.of("run", "--bundle", bundle.path().toString()));
        for (String option : options) {
            words.addAll(List.of("--overlay", option));
        }
        words.add(bundle.id());
        return by.call(words.toArray(new String[0]));
    }

    private Path layer(String name, String file) throws IOException {
        Path layer = Files.createDirectories(directory.resolve(name));
        Files.writeString(layer.resolve(file), name);
        return layer;
    }

    private void needsUpper() throws IOException {
        Assumptions.assumeFalse(Files.getFileStore(directory).type().equals("overlay"), "an upper directory cannot be on an overlay, as " + directory);
    }

    @Test
    void options_put_a_root_together_and_what_is_written_goes_with_the_container() throws Exception {
        Bundle bundle = Bundle.in(directory).writable().script("cat /extra; touch /made; ls /made");
        String lower = layer("top", "extra") + ":" + bundle.rootfs();
        assertEquals("top/made\n", run(carafe, bundle, "lower=" + lower).succeeds().out());
        assertFalse(Files.exists(bundle.rootfs().resolve("made")));
        assertFalse(Files.exists(directory.resolve("top/made")));
    }

    @Test
    void an_upper_directory_keeps_what_is_written_for_the_next_container() throws Exception {
        needsUpper();
        Bundle bundle = Bundle.in(directory).writable().script("test -e /made && echo again; touch /made");
        Files.createDirectories(bundle.path().resolve("changes"));
        Files.createDirectories(bundle.path().resolve("work"));
        // Paths count from the bundle, as those of the annotations.
        String[] options = {"lower=rootfs", "upper=changes", "work=work"};
        assertEquals("", run(carafe, bundle, options).succeeds().out());
        assertTrue(Files.exists(bundle.path().resolve("changes/made")));
        assertEquals("again\n", run(carafe, bundle, options).succeeds().out());
    }

    @Test
    void a_volatile_upper_directory_is_not_taken_twice() throws Exception {
        needsUpper();
        Bundle bundle = Bundle.in(directory).writable().script("cat /proc/mounts");
        Files.createDirectories(bundle.path().resolve("changes"));
        Files.createDirectories(bundle.path().resolve("work"));
        String[] options = {"lower=rootfs", "upper=changes", "work=work", "volatile"};
        assertTrue(run(carafe, bundle, options).succeeds().out().contains("volatile"));
        assertTrue(run(carafe, bundle, options).fails().contains("volatile"));
    }

    @Test
    void an_option_wins_over_the_annotation_and_the_state_shows_it() throws Exception {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000")
                .config(config -> config.withAnnotations(Map.of("io.carafe.rootfs.lower", "/nowhere", "else", "stays")));
        carafe.call("create", "--bundle", bundle.path().toString(), "--overlay=lower=rootfs", bundle.id()).succeeds();
        String state = carafe.call("state", bundle.id()).succeeds().out();
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertTrue(state.contains("\"io.carafe.rootfs.lower\""), state);
        assertTrue(state.contains("rootfs\""), state);
        assertFalse(state.contains("/nowhere"), state);
        assertTrue(state.contains("stays"), state);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"upper=/x | means nothing without", "wrong=/x | expected one of lower=DIR[:DIR...]",
        "lower | expected lower=DIR[:DIR...]", "lower=/nowhere | ENOENT"})
    void options_that_cannot_be_are_refused_in_one_line(String option, String complaint) {
        String said = run(carafe, Bundle.in(directory), option).fails();
        assertTrue(said.contains(complaint), said);
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void an_ordinary_user_has_layers_too() throws Exception {
        Bundle bundle = Bundle.rootless(directory, ORDINARY_USER, ORDINARY_USER).writable().script("cat /extra; touch /made; ls /made");
        layer("top", "extra");
        assertEquals(0, new ProcessBuilder("chown", "-R", ORDINARY_USER + ":" + ORDINARY_USER, directory.toString()).start().waitFor());
        assertEquals("top/made\n", run(carafe.asOrdinaryUser(), bundle, "lower=" + directory.resolve("top") + ":" + bundle.rootfs()).succeeds().out());
    }

    @Test
    void an_entry_of_mounts_may_be_an_overlay() throws Exception {
        Bundle bundle = Bundle.in(directory).script("cat /data/*; touch /data/x || echo no");
        String lower = "lowerdir=" + layer("one", "a") + ":" + layer("two", "b");
        bundle.config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(Mount.of("/data", "overlay", "overlay", lower));
            return config.withMounts(mounts);
        });
        assertEquals("onetwono\n", carafe.run(bundle).succeeds().out());
    }

    /** What a volume is to a runtime: a bind that was there before and stays. */
    @Test
    void a_volume_is_shared_by_containers_and_outlives_them() throws Exception {
        Path volume = Files.createDirectories(directory.resolve("volume"));
        Bundle first = withVolume(Bundle.in(directory).args("/bin/sleep", "1000"), volume, "rw");
        carafe.call("run", "--detach", "--bundle", first.path().toString(), first.id()).succeeds();
        carafe.call("exec", first.id(), "/bin/sh", "-c", "echo kept > /data/file").succeeds();
        Bundle second = withVolume(Bundle.in(directory).script("cat /data/file; touch /data/x || echo no"), volume, "ro");
        assertEquals("kept\nno\n", carafe.run(second).succeeds().out(), "while the first one runs");
        carafe.call("delete", "--force", first.id()).succeeds();
        assertEquals("kept\n", Files.readString(volume.resolve("file")));
        assertEquals("kept\nno\n", carafe.run(second).succeeds().out(), "and when it has gone");
    }

    private static Bundle withVolume(Bundle bundle, Path volume, String mode) {
        return bundle.config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(Mount.of("/data", "bind", volume.toString(), "bind", mode));
            return config.withMounts(mounts);
        });
    }
}
