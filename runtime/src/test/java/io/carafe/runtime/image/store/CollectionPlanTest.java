package io.carafe.runtime.image.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.ImageException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three images: a on layers 1 2, b on layers 1 3, c on layer 4; and layer 5 of nobody. */
class CollectionPlanTest {

    private static Digest digest(char digit) {
        return Digest.parse("sha256:" + Character.toString(digit).repeat(64));
    }

    private static ImageRecord image(String name, String layers, String bundles) {
        List<Digest> chain = layers.chars().mapToObj(c -> digest((char) c)).toList();
        return new ImageRecord(chain.get(chain.size() - 1), List.of(name, name + ":latest"), chain, 1,
                bundles.contains(name) ? List.of("/bundle/" + name) : List.of());
    }

    private static CollectionPlan.Store store(String bundles, String container) {
        return new CollectionPlan.Store(List.of(image("a", "12", bundles), image("b", "13", bundles), image("c", "4", bundles)),
                Stream.of("1", "2", "3", "4", "5").map(digit -> "sha256/" + digit.repeat(64)).toList(),
                container.isEmpty() ? List.of() : List.of("a b", container.chars().mapToObj(c -> "/store/sha256/" + Character.toString(c).repeat(64))
                        .reduce((one, other) -> one + ":" + other).orElseThrow()));
    }

    private static String told(CollectionPlan plan) {
        StringBuilder text = new StringBuilder();
        plan.images().forEach(image -> text.append(image.names().get(0)));
        text.append(' ');
        plan.layers().forEach(layer -> text.append(layer.charAt("sha256/".length())));
        return text.toString().strip();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "abc | '' | 5", "ab | '' | c 45", "a | '' | bc 345", "b | '' | ac 245", "'' | '' | abc 12345", "'' | 21 | bc 345", "'' | 4 | ab 1235", "a | 31 | c 45",
        "'' | 5 | abc 1234"})
    void what_no_bundle_and_no_container_uses_is_collected(String bundles, String container, String gone) {
        assertEquals(gone, told(CollectionPlan.ofUnused(store(bundles, container))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'' | '' | a | a 2", "'' | '' | a:latest | a 2", "'' | '' | 4444 | c 4", "'' | '' | sha256:44444 | c 4", "a | '' | b | b 3",
        "'' | '' | a b | ab 123", "'' | 2 | b | b 3"})
    void an_image_goes_with_the_layers_that_no_other_has(String bundles, String container, String words, String gone) {
        assertEquals(gone, told(CollectionPlan.ofNamed(store(bundles, container), List.of(words.split(" ")))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a | '' | a | the bundle /bundle/a", "'' | 12 | a | a container", "'' | '' | d | no image of it", "'' | '' | 44 | no image of it",
        "abc | '' | b c | the bundle /bundle/b", "'' | '' | 5555 | no image of it"})
    void what_is_used_or_not_there_is_refused_and_nothing_goes(String bundles, String container, String words, String complaint) {
        String said = assertThrows(ImageException.class, () -> CollectionPlan.ofNamed(store(bundles, container), List.of(words.split(" ")))).getMessage();
        assertTrue(said.contains(complaint), said);
    }
}
