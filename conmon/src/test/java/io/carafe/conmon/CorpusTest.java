package io.carafe.conmon;

import io.carafe.linux.fuzz.Corpus;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class CorpusTest {

    @TestFactory
    List<DynamicTest> what_the_fuzzer_has_found_ends_as_it_should() throws IOException {
        return Corpus.replay();
    }
}
