package io.carafe.benchmarks.picture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.result.Results;
import io.carafe.benchmarks.result.Samples;
import io.carafe.benchmarks.slope.FurtherMounts;
import io.carafe.runtime.cli.trace.Trace;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class DrawingsTest {

    private static final String TRACE = """
            [
            {"name":"process_name","ph":"M","pid":7,"args":{"name":"carafe run <b>"}},
            {"name":"execveat","cat":"syscall","ph":"i","ts":1000000.000,"pid":7,"tid":7,"args":{}},
            {"name":"clone3","cat":"syscall","ph":"X","ts":1001000.000,"dur":200.500,"pid":7,"tid":7,"args":{"result":9}},
            {"name":"clone3","cat":"syscall","ph":"X","ts":1001000.000,"dur":300.000,"pid":1,"tid":1,"args":{"result":0}},
            {"name":"process_name","ph":"M","pid":1,"args":{"name":"init"}},
            {"name":"fsopen","cat":"syscall","ph":"X","ts":1001400.000,"dur":400.000,"pid":1,"tid":1,"args":{"result":3}},
            {"name":"waitid","cat":"syscall","ph":"X","ts":1001250.000,"dur":1750.000,"pid":7,"tid":7,"args":{"result":0}}
            ]
            """;

    private static Results.Row row(String benchmark, int gap, String step, String runtime, double... millis) {
        List<Double> nanos = new ArrayList<>();
        for (double value : millis) {
            nanos.add(value * 1e6);
        }
        return new Results.Row(benchmark, gap, step, runtime, 0, Measure.NANOSECONDS, new Samples(nanos), Optional.empty());
    }

    private static Map<String, String> drawn() {
        List<Results.Row> rows = new ArrayList<>(List.of(row("Run", 0, "run", "carafe", 4, 5, 6), row("Run", 0, "run", "crun", 8, 10, 12),
                row("Run", 50, "run", "carafe", 4, 5, 6), row("Run", 50, "run", "crun", 18, 20, 900)));
        FurtherMounts.AXIS.counts().forEach(count -> rows.add(row("FurtherMounts", 0, FurtherMounts.AXIS.stepOf(count), "carafe", 5 + count)));
        return Drawings.of(List.of(new Results("v2", Map.of("cgroups", "v2 (a view)", "date", "2026-01-01"), Map.of(), rows)),
                Optional.of(Trace.read(TRACE.getBytes(StandardCharsets.UTF_8))));
    }

    private static List<Element> elements(String svg, String tag) throws Exception {
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        NodeList found = document.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static List<Double> widths(String svg, String style) throws Exception {
        return elements(svg, "rect").stream().filter(rect -> rect.getAttribute("class").equals(style) && !rect.getAttribute("height").equals("12.00"))
                .map(rect -> Double.valueOf(rect.getAttribute("width"))).toList();
    }

    @Test
    void what_was_measured_is_drawn_and_the_rest_left_out() {
        assertEquals(Set.of("life-v2", "life-back-to-back-v2", "run-samples-v2", "binds-v2", "run-time-line"), drawn().keySet());
    }

    @Test
    void a_bar_is_as_long_as_the_median() throws Exception {
        String svg = drawn().get("life-back-to-back-v2");
        assertEquals(2 * widths(svg, "c0").get(0), widths(svg, "c1").get(0), 0.01);
    }

    @Test
    void every_sample_is_a_dot_and_what_lies_beyond_the_scale_is_counted() throws Exception {
        String svg = drawn().get("run-samples-v2");
        assertEquals(12, elements(svg, "circle").size());
        assertTrue(elements(svg, "text").stream().noneMatch(text -> text.getTextContent().equals("2 beyond")));
    }

    @Test
    void a_time_line_has_a_lane_a_process_and_each_call_and_names_the_gaps() throws Exception {
        String svg = drawn().get("run-time-line");
        List<String> texts = elements(svg, "text").stream().map(Element::getTextContent).toList();
        assertTrue(texts.containsAll(List.of("carafe run", "init", "the sealed copy starts 1.00", "waits in waitid 1.75")), texts.toString());
        assertEquals(2, widths(svg, "lane").size());
        assertEquals(List.of("execveat 0.000 ms = ", "clone3 0.201 ms = 9", "waitid 1.750 ms = 0", "fsopen 0.400 ms = 3"), elements(svg, "title").stream()
                .map(Element::getTextContent).filter(words -> words.contains(" ms = ")).toList());
    }

    @Test
    void a_picture_has_colours_for_light_and_for_dark_and_no_script() {
        drawn().values().forEach(svg -> {
            assertTrue(svg.contains("prefers-color-scheme: dark"), svg);
            assertFalse(svg.contains("<script"), svg);
        });
    }

    @ParameterizedTest
    @CsvSource({"0.93, 1, 0.2", "7.1, 8, 1", "8.1, 10, 2", "20, 20, 2.5", "41, 50, 10", "130, 140, 20"})
    void a_scale_ends_at_a_round_number(double value, double most, double step) {
        Scale scale = Scale.above(value, 0, 100);
        assertEquals(most, scale.most(), 1e-9);
        assertEquals(step, scale.ticks().get(1), 1e-9);
    }
}
