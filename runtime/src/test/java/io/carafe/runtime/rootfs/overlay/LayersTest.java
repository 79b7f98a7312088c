package io.carafe.runtime.rootfs.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.spec.json.SpecException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayersTest {

    private static final HostPath BUNDLE = new HostPath("/bundle");

    private static Optional<Layers> of(String... pairs) {
        Map<String, String> annotations = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            annotations.put("io.carafe.rootfs." + pairs[i], pairs[i + 1]);
        }
        return Layers.of(annotations, BUNDLE, false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "/a           | /a",
        "/a:/b:c/d    | /a /b /bundle/c/d",
        "/a\\\\:/b       | /a\\ /b",
        "/a\\:b:/c     | /a:b /c",
        "/a,b:/c=d    | /a,b /c=d",
    })
    void the_list_of_layers_is_split_at_colons_that_are_not_escaped(String text, String paths) {
        assertEquals(List.of(paths.split(" ")), of("lower", text).orElseThrow().lower().stream().map(HostPath::text).toList());
    }

    @Test
    void without_a_lower_layer_there_are_none() {
        assertEquals(Optional.empty(), of());
        assertEquals(Optional.empty(), of("unknown", "x"));
    }

    @Test
    void an_upper_directory_counts_from_the_bundle() {
        assertEquals(Optional.of(new Layers.Upper(new HostPath("/bundle/up"), new HostPath("/w"))),
                of("lower", "/a", "upper", "up", "work", "/w").orElseThrow().upper());
        assertEquals(Optional.empty(), of("lower", "/a").orElseThrow().upper());
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false"})
    void volatile_is_a_word(String word, boolean meant) {
        assertEquals(meant, of("lower", "/a", "volatile", word).orElseThrow().isVolatile());
    }

    @Test
    void a_user_namespace_marks_in_user_attributes() {
        assertEquals(true, Layers.of(Map.of("io.carafe.rootfs.lower", "/a"), BUNDLE, true).orElseThrow().userXattr());
        assertEquals(false, of("lower", "/a").orElseThrow().userXattr());
    }

    @Test
    void an_option_stands_for_the_annotation_of_its_name() {
        assertEquals(Map.of("io.carafe.rootfs.lower", "/a:/b=c", "io.carafe.rootfs.upper", "/u", "io.carafe.rootfs.work", "/w",
                "io.carafe.rootfs.volatile", "true"), RootfsAnnotation.ofOptions(List.of("lower=/a:/b=c", "upper=/u", "work=/w", "volatile")));
        assertEquals(Map.of("io.carafe.rootfs.volatile", "false"), RootfsAnnotation.ofOptions(List.of("volatile=false")));
        assertEquals(Map.of(), RootfsAnnotation.ofOptions(List.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "upper      | --overlay upper: expected upper=DIR",
        "over=/a    | --overlay: expected one of lower=DIR[:DIR...], upper=DIR, work=DIR, volatile, found \"over\"",
        "work=/a work=/b | --overlay work: given twice",
    })
    void options_that_are_not_understood_are_refused_in_one_line(String options, String complaint) {
        assertEquals(complaint, assertThrows(SpecException.class,
                () -> RootfsAnnotation.ofOptions(List.of(options.split(" ")))).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "upper    | /u   | ''     | x  | annotations[\"io.carafe.rootfs.upper\"]: means nothing without io.carafe.rootfs.lower",
        "volatile | true | ''     | x  | annotations[\"io.carafe.rootfs.volatile\"]: means nothing without io.carafe.rootfs.lower",
        "lower    | /a   | upper  | /u | annotations[\"io.carafe.rootfs.upper\"]: needs io.carafe.rootfs.work beside it",
        "lower    | /a   | work   | /w | annotations[\"io.carafe.rootfs.work\"]: needs io.carafe.rootfs.upper beside it",
        "lower    | /a   | volatile | 1 | annotations[\"io.carafe.rootfs.volatile\"]: expected true or false, found \"1\"",
        "lower    | /a:  | x      | x  | annotations[\"io.carafe.rootfs.lower\"]: expected a path, found \"\"",
        "lower    | ''   | x      | x  | annotations[\"io.carafe.rootfs.lower\"]: expected a path, found \"\"",
        "lower    | '/a\\' | x     | x  | annotations[\"io.carafe.rootfs.lower\"]: a '\\' stands at the end, with nothing behind it",
    })
    void annotations_that_contradict_are_refused_in_one_line(String first, String value, String second, String other, String complaint) {
        assertEquals(complaint, assertThrows(SpecException.class, () -> of(first, value, second, other)).getMessage());
    }
}
