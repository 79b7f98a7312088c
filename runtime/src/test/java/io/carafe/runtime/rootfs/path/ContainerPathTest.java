package io.carafe.runtime.rootfs.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerPathTest {

    @ParameterizedTest
    @CsvSource({"/, /", "'', /", "proc, /proc", "//a//b/, /a/b", "/a/./b, /a/b", "/a/../b, /b", "/../../a, /a", "a/b/../.., /"})
    void a_path_is_normalised_by_its_words(String text, String clean) {
        assertEquals(clean, ContainerPath.of(text).text());
    }

    @ParameterizedTest
    @CsvSource({"/dev/pts, /dev, true", "/dev, /dev, true", "/device, /dev, false", "/x, /, true", "/dev, /dev/pts, false"})
    void a_path_is_within_another_by_whole_components(String path, String other, boolean within) {
        assertEquals(within, ContainerPath.of(path).isWithin(ContainerPath.of(other)));
    }

    @ParameterizedTest
    @CsvSource({"/dev/pts, /dev, pts", "/dev, /, dev"})
    void a_path_has_a_parent_and_a_name(String path, String parent, String name) {
        assertEquals(parent, ContainerPath.of(path).parent().text());
        assertEquals(name, ContainerPath.of(path).name());
        assertEquals(path, ContainerPath.of(parent).child(name).text());
    }

    @Test
    void a_host_path_counts_from_a_directory() {
        assertEquals("/b/rootfs", new HostPath("/b").resolve("rootfs").text());
        assertEquals("/x", new HostPath("/b").resolve("/x").text());
        assertEquals("/b", new HostPath("/").resolve("b").text());
        assertThrows(IllegalArgumentException.class, () -> new HostPath("b"));
    }
}
