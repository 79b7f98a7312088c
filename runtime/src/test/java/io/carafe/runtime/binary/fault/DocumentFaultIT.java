package io.carafe.runtime.binary.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.image.blob.Sha2.Algorithm;
import io.carafe.runtime.image.layout.ImageLayoutWriter;
import io.carafe.runtime.image.tar.TarWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that need no container: what they print or write is whole, or there is nothing of it. */
@Tag("faults")
@ExtendWith(HostUnchanged.class)
class DocumentFaultIT {

    private static final Trial.Step NOTHING = () -> { };

    @TempDir
    private Path directory;
    private Bundle bundle;
    private Remains remains;

    @BeforeEach
    void look() throws Exception {
        bundle = Bundle.in(directory);
        remains = Remains.of(directory, bundle);
    }

    @AfterEach
    void close() throws Exception {
        remains.close();
    }

    /** Prints the same as without a fault, or fails. */
    private Stream<DynamicTest> prints(String... words) throws Exception {
        String said = remains.carafe().call(words).succeeds().out();
        return new Trial(words[0], remains, NOTHING, result -> {
            remains.none();
            assertTrue(result.code() != 0 || result.out().equals(said), "something else than without a fault");
        }).of(words);
    }

    /** It asks the kernel, whose answer may be that it does not know. */
    @TestFactory
    Stream<DynamicTest> features_prints_all_or_fails() throws Exception {
        return new Trial("features", remains, NOTHING, result -> {
            remains.none();
            assertTrue(result.code() != 0 || result.out().startsWith("{") && result.out().endsWith("}\n"), "a part of the features");
        }).of("features");
    }

    @TestFactory
    Stream<DynamicTest> plan_prints_all_or_fails() throws Exception {
        return prints("plan", bundle.path().toString());
    }

    @TestFactory
    Stream<DynamicTest> help_prints_all_or_fails() throws Exception {
        return prints("help");
    }

    @TestFactory
    Stream<DynamicTest> completion_prints_all_or_fails() throws Exception {
        return prints("completion", "bash");
    }

    @TestFactory
    Stream<DynamicTest> spec_writes_a_whole_configuration_or_none() throws Exception {
        Path config = bundle.path().resolve("config.json");
        Files.delete(config);
        remains.carafe().call("spec", "--bundle", bundle.path().toString()).succeeds();
        String whole = Files.readString(config);
        return new Trial("spec", remains, () -> Files.deleteIfExists(config), result -> {
            if (result.code() == 0) {
                assertEquals(whole, Files.readString(config));
            } else if (result.code() != Trial.KILLED) {
                assertFalse(Files.exists(config), "a part of config.json");
            }
            Files.deleteIfExists(config);
            Files.createFile(config); // which the look at the files expects
            remains.none();
        }).of("spec", "--bundle", bundle.path().toString());
    }

    /** What is killed leaves something in the store at most that the next one clears away. */
    @TestFactory
    Stream<DynamicTest> bundle_makes_a_whole_bundle_or_none() throws Exception {
        Path layout = directory.resolve("layout");
        byte[] tar = new TarWriter().directory("etc", 0755).file("etc/passwd", "web:x:5:6::/:/\n").hardLink("h", "etc/passwd")
                .symbolicLink("s", "h").file(".wh.gone", "").directory("d", 0500).file("d/.wh..wh..opq", "").end();
        new ImageLayoutWriter(layout, Algorithm.SHA256).layer(tar).image("v1", "{\"User\":\"web\"}");
        Path store = directory.resolve("store");
        Path made = directory.resolve("made");
        String[] words = {"bundle", "--store", store.toString(), layout.toString(), made.toString()};
        return new Trial("bundle", remains, NOTHING, result -> {
            if (result.code() == 0) {
                assertEquals(List.of("config.json", "rootfs"), names(made));
            } else if (result.code() != Trial.KILLED) {
                assertFalse(Files.exists(made), "a part of a bundle");
            }
            remove(made);
            remains.carafe().call(words).succeeds();
            for (String claimed : names(store.resolve("new"))) {
                assertEquals(List.of(), names(store.resolve("new").resolve(claimed)), "a part of a layer");
            }
            remains.none();
            remove(made);
            remove(store);
        }).of(words);
    }

    private static List<String> names(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void remove(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
