package io.carafe.conformance.report;

/** What a test, or all tests of a requirement, came to. */
public enum Outcome {
    PASS("ok"),
    FAIL("FAIL"),
    SKIP("skip"),
    /** There is no test, for the reason of its row. */
    UNTESTED("-");

    public final String word;

    Outcome(String word) {
        this.word = word;
    }
}
