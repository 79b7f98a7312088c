package io.carafe.conformance.requirement;

/**
 * One sentence of the specification, in words of our own.
 *
 * @param id stable; the tag of its tests
 * @param section the anchor in the chapter's file
 * @param since the first version of the specification that asks for it
 * @param ofRuntimes false when it speaks of whoever writes bundles, or reads answers
 * @param whyNoTest empty when there is a test
 */
public record Requirement(String id, Level level, Chapter chapter, String section, String since, boolean ofRuntimes, String what,
        String whyNoTest) {

    public boolean hasTest() {
        return whyNoTest.isEmpty();
    }

    /** Where the sentence stands, to be read in a browser. */
    public String address() {
        return "https://github.com/opencontainers/runtime-spec/blob/v" + Requirements.VERSION + "/" + chapter.file + "#" + section;
    }
}
