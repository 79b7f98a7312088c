package io.carafe.runtime.cli;

import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.ContainerId;
import io.carafe.runtime.container.state.StateDir;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The containers that words of the command line name: an id each, or with {@code --regex} a pattern each, as crun has it. */
final class NamedContainers {

    private final List<String> ids;
    private final boolean byPattern;

    private NamedContainers(List<String> ids, boolean byPattern) {
        this.ids = ids;
        this.byPattern = byPattern;
    }

    static NamedContainers byId(List<String> words) {
        List<String> ids = new ArrayList<>();
        for (String word : words) {
            ids.add(ContainerId.of(word));
        }
        return new NamedContainers(ids, false);
    }

    /** Every container in whose id one of the patterns is found, each once. None is fine. */
    static NamedContainers byPattern(Linux linux, String root, List<String> words) {
        List<String> ids = new ArrayList<>(StateDir.ids(linux, root));
        List<Pattern> patterns = new ArrayList<>();
        for (String word : words) {
            patterns.add(pattern(word));
        }
        ids.removeIf(id -> patterns.stream().noneMatch(pattern -> pattern.matcher(id).find()));
        return new NamedContainers(ids, true);
    }

    private static Pattern pattern(String word) {
        try {
            return Pattern.compile(word);
        } catch (PatternSyntaxException e) {
            throw new UsageException("--regex: expected a regular expression, found \"" + word + "\": " + e.getDescription());
        }
    }

    /**
     * Does something with each. The first failure ends it where each was named by its id; of those that a pattern finds all have
     * their turn, and the first failure is thrown then: one that has ended by itself keeps nobody from killing the rest.
     */
    void each(Consumer<String> action) {
        RuntimeException first = null;
        for (String id : ids) {
            try {
                action.accept(id);
            } catch (ContainerException | KernelException e) {
                if (!byPattern) {
                    throw e;
                }
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
