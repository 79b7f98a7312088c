package io.carafe.benchmarks.picture;

import java.util.Locale;

/** A picture in SVG 1.1 that grows element by element. Its colours are those of a light page, or of a dark one where the viewer's is. */
final class Svg {

    /** Colours of runtimes, in the order of {@link Palette}. */
    private static final String STYLE = """
            text { font: 13px system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; fill: #1f2328 }
            .title { font-size: 16px; font-weight: 600 } .small { font-size: 11px } .faint { fill: #59636e }
            .page { fill: #ffffff } .grid { stroke: #d1d9e0; stroke-width: 1 } .interval { stroke: #1f2328; stroke-width: 1.4 } .leader { stroke: #818b98; stroke-width: 0.8 }
            .lane { fill: #f6f8fa } .gap { fill: #eac54f; fill-opacity: 0.55 }
            .c0 { fill: #0969da; stroke: #0969da } .c1 { fill: #bc4c00; stroke: #bc4c00 } .c2 { fill: #6e7781; stroke: #6e7781 } .c3 { fill: #1a7f37; stroke: #1a7f37 }
            .c4 { fill: #8250df; stroke: #8250df } .c5 { fill: #bf3989; stroke: #bf3989 } .c6 { fill: #9a6700; stroke: #9a6700 } .c7 { fill: #1b7c83; stroke: #1b7c83 }
            rect, circle { stroke: none } .curve { fill: none; stroke-width: 2 } .dot { fill-opacity: 0.45; stroke: none }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3 } .faint { fill: #9198a1 } .page { fill: #0d1117 } .grid { stroke: #30363d } .interval { stroke: #e6edf3 } .leader { stroke: #6e7681 }
              .lane { fill: #161b22 } .gap { fill: #d29922; fill-opacity: 0.5 }
              .c0 { fill: #58a6ff; stroke: #58a6ff } .c1 { fill: #f0883e; stroke: #f0883e } .c2 { fill: #8b949e; stroke: #8b949e } .c3 { fill: #3fb950; stroke: #3fb950 }
              .c4 { fill: #bc8cff; stroke: #bc8cff } .c5 { fill: #f778ba; stroke: #f778ba } .c6 { fill: #d29922; stroke: #d29922 } .c7 { fill: #39c5cf; stroke: #39c5cf }
              rect, circle { stroke: none } .curve { fill: none }
            }
            """;

    private final StringBuilder body = new StringBuilder();
    private final int width;
    private final String title;

    /** @param title drawn at the top, and told to readers of a screen */
    Svg(int width, String title) {
        this.width = width;
        this.title = title;
        text(16, 26, "title", Anchor.START, title);
    }

    enum Anchor {
        START, MIDDLE, END
    }

    /** @param y of the base line. @param style classes of the style, separated by spaces */
    void text(double x, double y, String style, Anchor anchor, String text) {
        body.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\"%s>%s</text>%n", x, y, style,
                anchor == Anchor.START ? "" : " text-anchor=\"" + anchor.name().toLowerCase(Locale.ROOT) + '"', escaped(text)));
    }

    void rect(double x, double y, double width, double height, String style) {
        body.append(String.format(Locale.ROOT, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" class=\"%s\"/>%n", x, y, width, height, style));
    }

    /** With words that a browser shows above it. */
    void rect(double x, double y, double width, double height, String style, String words) {
        body.append(String.format(Locale.ROOT, "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" class=\"%s\"><title>%s</title></rect>%n",
                x, y, width, height, style, escaped(words)));
    }

    void line(double x1, double y1, double x2, double y2, String style) {
        body.append(String.format(Locale.ROOT, "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" class=\"%s\"/>%n", x1, y1, x2, y2, style));
    }

    void circle(double x, double y, double radius, String style) {
        body.append(String.format(Locale.ROOT, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%.1f\" class=\"%s\"/>%n", x, y, radius, style));
    }

    /** @param points x, y, x, y … */
    void curve(double[] points, String style) {
        body.append("<polyline class=\"curve ").append(style).append("\" points=\"");
        for (int i = 0; i < points.length; i++) {
            body.append(String.format(Locale.ROOT, i % 2 == 0 ? "%.2f," : "%.2f ", points[i]));
        }
        body.append("\" style=\"fill:none\"/>\n");
    }

    /** The whole document. */
    String document(int height) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height + "\" viewBox=\"0 0 " + width + ' ' + height
                + "\" role=\"img\" aria-label=\"" + escaped(title) + "\">\n<title>" + escaped(title) + "</title>\n<style>\n" + STYLE + "</style>\n"
                + "<rect width=\"" + width + "\" height=\"" + height + "\" rx=\"6\" class=\"page\"/>\n" + body + "</svg>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
