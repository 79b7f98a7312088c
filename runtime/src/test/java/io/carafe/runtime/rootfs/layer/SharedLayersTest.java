package io.carafe.runtime.rootfs.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedLayersTest {

    private static final String SNAPSHOTS = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/";

    private static String lowerdir(String directory, int layers) {
        return "lowerdir=" + IntStream.range(0, layers).mapToObj(n -> directory + (100 + n) + "/fs").collect(Collectors.joining(":"));
    }

    private static Optional<SharedLayers> of(String... words) {
        return SharedLayers.of("overlay", List.of(words));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 128, 500})
    void the_layers_are_named_from_the_directory_that_they_share(int layers) {
        SharedLayers shared = of("index=off", lowerdir(SNAPSHOTS, layers), "upperdir=/u").orElseThrow();
        assertEquals(SNAPSHOTS, shared.directory().text());
        assertEquals(List.of("index=off", lowerdir("", layers), "upperdir=/u"), shared.data());
    }

    @Test
    void a_digit_that_all_numbers_begin_with_is_no_directory() {
        assertEquals("/snapshots/", of("lowerdir=" + "/snapshots/11/fs:/snapshots/12/fs:".repeat(150) + "/snapshots/1/fs").orElseThrow().directory().text());
    }

    @Test
    void what_fits_stays_as_it_is() {
        assertEquals(Optional.empty(), of(lowerdir(SNAPSHOTS, 10)));
        assertEquals(Optional.empty(), SharedLayers.of("tmpfs", List.of(lowerdir(SNAPSHOTS, 100))));
    }

    @Test
    void what_shares_nothing_or_is_too_long_all_the_same_is_for_lowerdir_plus() {
        assertEquals(Optional.empty(), of(lowerdir("/", 800)));
        assertEquals(Optional.empty(), of(lowerdir(SNAPSHOTS, 800)));
        assertEquals(Optional.empty(), of(lowerdir(SNAPSHOTS, 60) + ":/other"));
        assertEquals(Optional.empty(), of(lowerdir(SNAPSHOTS, 60) + ":" + SNAPSHOTS + "a\\:b"));
        assertEquals(Optional.empty(), of(lowerdir(SNAPSHOTS, 60) + "::" + SNAPSHOTS + "data"));
        assertEquals(Optional.empty(), of(lowerdir(SNAPSHOTS, 60) + ":relative"));
    }
}
