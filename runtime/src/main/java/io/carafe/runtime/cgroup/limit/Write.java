package io.carafe.runtime.cgroup.limit;

import java.util.List;
import java.util.Optional;

/**
 * One control file, opened once, and what is written to it.
 *
 * @param property that asks for it, in full, for complaints
 * @param texts one write(2) each
 * @param isFirst whether before anything joins; else when the container's file tree stands
 * @param mayBeAbsent whether a kernel without the file already does what is asked
 * @param otherwise what to write where there is no such file (ENOENT): which one there is, depends on the kernel's configuration, and
 *     shows only in a cgroup, not in the root of the hierarchy
 */
public record Write(String property, String file, List<String> texts, boolean isFirst, boolean mayBeAbsent, Optional<Write> otherwise) {

    public Write {
        texts = List.copyOf(texts);
    }

    public Write(String property, String file, List<String> texts, boolean isFirst) {
        this(property, file, texts, isFirst, false, Optional.empty());
    }
}
