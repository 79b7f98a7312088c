package io.carafe.runtime.image.store;

import static io.carafe.linux.abi.FileFlags.LOCK_EX;
import static io.carafe.linux.abi.FileFlags.LOCK_NB;
import static io.carafe.linux.abi.FileFlags.LOCK_SH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.image.ImageBundle;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.blob.Sha2.Algorithm;
import io.carafe.runtime.image.layout.ImageLayoutWriter;
import io.carafe.runtime.image.tar.TarWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store with two images on one base. */
class StoreImagesTest {

    private final Linux linux = Linux.over(Door.open());

    @TempDir
    private Path temporary;
    private Path store;

    @BeforeEach
    void images() {
        store = temporary.resolve("store");
        new ImageLayoutWriter(temporary.resolve("busybox"), Algorithm.SHA256).layer(tar("base")).layer(tar("one")).image("v1", "{}")
                .layer(tar("base")).layer(tar("two")).image("v2", "{}");
    }

    private static byte[] tar(String content) {
        return new TarWriter().file("file", content).end();
    }

    private Path bundle(String tag, String name) {
        Path bundle = temporary.resolve(name);
        ImageBundle.make(linux, ImageBundle.Reference.parse(temporary.resolve("busybox") + ":" + tag), bundle.toString(), store.toString(), false,
                (layer, layers, bytes, size) -> { }, text -> { });
        return bundle;
    }

    private String listed() {
        List<String> lines = new ArrayList<>();
        for (ImageRecord image : LayerStore.images(linux, store.toString())) {
            lines.add(image.names() + " " + image.layers().size() + " " + image.bundles().stream().map(path -> path.substring(path.lastIndexOf('/') + 1)).toList());
        }
        return String.join("; ", lines.stream().sorted().toList());
    }

    private String layers() throws Exception {
        List<String> contents = new ArrayList<>();
        try (Stream<Path> layers = Files.list(store.resolve("sha256"))) {
            for (Path layer : layers.toList()) {
                contents.add(Files.readString(layer.resolve("file")));
            }
        }
        return String.join(" ", contents.stream().sorted().toList());
    }

    private CollectionPlan remove(String... words) {
        return LayerStore.remove(linux, store.toString(), List.of(words), List.of());
    }

    private static void delete(Path bundle) throws Exception {
        Files.delete(bundle.resolve("config.json"));
        Files.delete(bundle.resolve("rootfs"));
        Files.delete(bundle);
    }

    @Test
    void images_are_listed_with_their_bundles() throws Exception {
        assertEquals("", listed());
        bundle("v1", "a");
        Path b = bundle("v1", "b");
        bundle("v2", "c");
        assertEquals("[busybox:v1] 2 [a, b]; [busybox:v2] 2 [c]", listed());
        delete(b);
        assertEquals("[busybox:v1] 2 [a]; [busybox:v2] 2 [c]", listed());
    }

    @Test
    void an_image_is_removed_when_its_bundles_have_gone_and_others_stay() throws Exception {
        Path a = bundle("v1", "a");
        bundle("v2", "c");
        assertTrue(assertThrows(ImageException.class, () -> remove("busybox:v1")).getMessage().contains("/a; remove that first"));
        assertEquals("base one two", layers());
        delete(a);
        assertEquals(1, remove("busybox:v1").layers().size());
        assertEquals("base two", layers());
        assertEquals("[busybox:v2] 2 [c]", listed());
        bundle("v1", "a");
        assertEquals("base one two", layers());
    }

    @Test
    void what_no_bundle_uses_is_collected() throws Exception {
        Path a = bundle("v1", "a");
        Path c = bundle("v2", "c");
        Files.createDirectories(store.resolve("new").resolve("0".repeat(64)).resolve("half"));
        assertEquals(0, remove().layers().size());
        assertFalse(Files.exists(store.resolve("new").resolve("0".repeat(64))));
        assertEquals("base one two", layers());
        delete(c);
        remove();
        assertEquals("base one", layers());
        delete(a);
        remove();
        assertEquals("", layers());
        assertEquals("", listed());
    }

    @Test
    void where_there_is_no_store_there_is_nothing_to_remove() {
        assertEquals(0, remove().layers().size());
        assertTrue(assertThrows(ImageException.class, () -> remove("busybox:v1")).getMessage().contains("no image of it"));
        assertFalse(Files.exists(store));
    }

    @Test
    void a_container_keeps_the_layers_of_a_bundle_that_has_gone() throws Exception {
        Path a = bundle("v1", "a");
        String config = Files.readString(a.resolve("config.json"));
        delete(a);
        LayerStore.remove(linux, store.toString(), List.of(), List.of(config));
        assertEquals("base one", layers());
        remove();
        assertEquals("", layers());
    }

    @Test
    void another_bundle_at_the_same_place_is_none_of_the_image() throws Exception {
        delete(bundle("v1", "a"));
        bundle("v2", "a");
        assertEquals("[busybox:v1] 2 []; [busybox:v2] 2 [a]", listed());
        remove();
        assertEquals("base two", layers());
    }

    /** What is made is made with the lock that a removal waits for, and the other way round. */
    @Test
    void nothing_is_removed_while_a_bundle_is_made() throws Exception {
        bundle("v1", "a");
        try (Fd other = linux.files.open(store.toString(), O_RDONLY); LayerStore making = LayerStore.open(linux, store.toString(), text -> { })) {
            assertThrows(KernelException.class, () -> linux.files.flock(other, LOCK_EX | LOCK_NB));
            linux.files.flock(other, LOCK_SH | LOCK_NB);
        }
    }

    @Test
    void a_record_that_is_damaged_removes_nothing() throws Exception {
        bundle("v1", "a");
        String name;
        try (Stream<Path> records = Files.list(store.resolve("images"))) {
            name = records.findFirst().orElseThrow().getFileName().toString();
        }
        Files.writeString(store.resolve("images").resolve(name), "{");
        assertTrue(assertThrows(ImageException.class, this::remove).getMessage().contains(name));
        assertEquals("base one", layers());
    }
}
