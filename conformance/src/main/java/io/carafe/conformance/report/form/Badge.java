package io.carafe.conformance.report.form;

import static io.carafe.conformance.report.form.Html.escaped;

import io.carafe.conformance.report.Conclusion;
import io.carafe.conformance.report.Outcome;
import io.carafe.conformance.report.Report;

/** A small picture (SVG) with the verdict, for the page of a project. */
final class Badge {

    private static final String LEFT = "OCI runtime";
    /** A letter of 11 pixels is 6.5 wide or so. */
    private static final double LETTER = 6.5;

    private Badge() {
    }

    static String of(Report report) {
        long met = report.count(true, Outcome.PASS);
        long failed = report.count(true, Outcome.FAIL);
        String right = report.conclusion() == Conclusion.CONFORMS ? report.description().spec() + ": " + met + " met"
                : report.conclusion() == Conclusion.INCONCLUSIVE ? "could not be asked" : failed + " not met";
        String colour = report.conclusion() == Conclusion.CONFORMS ? "#2a7d46" : report.conclusion() == Conclusion.INCONCLUSIVE ? "#6b6b6b" : "#b3261e";
        int left = width(LEFT);
        int all = left + width(right);
        String title = escaped(report.runtime() + " " + report.conclusion().words + " (" + report.description().spec() + ")");
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + all + "\" height=\"20\" role=\"img\" aria-label=\"" + title + "\">\n<title>" + title
                + "</title>\n<rect width=\"" + left + "\" height=\"20\" fill=\"#444\"/><rect x=\"" + left + "\" width=\"" + (all - left)
                + "\" height=\"20\" fill=\"" + colour + "\"/>\n<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">"
                + "<text x=\"6\" y=\"14\">" + LEFT + "</text><text x=\"" + (left + 6) + "\" y=\"14\">" + escaped(right) + "</text></g>\n</svg>\n";
    }

    private static int width(String text) {
        return (int) (text.length() * LETTER) + 12;
    }
}
