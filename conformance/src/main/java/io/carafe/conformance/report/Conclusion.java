package io.carafe.conformance.report;

/** What a run says of a runtime, and the exit code of one that has asked it alone. */
public enum Conclusion {
    CONFORMS(0, "conforms"),
    DOES_NOT_CONFORM(1, "does not conform"),
    INCONCLUSIVE(2, "could not be asked");

    public final int code;
    public final String words;

    Conclusion(int code, String words) {
        this.code = code;
        this.words = words;
    }
}
