package io.carafe.conformance.requirement;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of all chapters: {@code requirements/CHAPTER.tsv}. */
public final class Requirements {

    /** The version of the specification that was read. */
    public static final String VERSION = "1.3.0";

    private static final Map<String, Requirement> BY_ID = new LinkedHashMap<>();

    static {
        for (Chapter chapter : Chapter.values()) {
            for (List<String> row : TsvTable.of("requirements/" + chapter.name + ".tsv")) {
                Requirement requirement = new Requirement(row.get(0), Level.named(row.get(1)), chapter, row.get(2), row.get(3),
                        row.get(4).equals("runtime"), row.get(5), row.get(6));
                if (!requirement.id().startsWith(chapter.name + ".") || BY_ID.put(requirement.id(), requirement) != null) {
                    throw new IllegalStateException("the id " + requirement.id() + " is of another chapter, or there twice");
                }
            }
        }
    }

    private Requirements() {
    }

    public static List<Requirement> all() {
        return List.copyOf(BY_ID.values());
    }

    public static List<Requirement> of(Chapter chapter) {
        List<Requirement> rows = new ArrayList<>(all());
        rows.removeIf(row -> row.chapter() != chapter);
        return rows;
    }

    public static Optional<Requirement> named(String id) {
        return Optional.ofNullable(BY_ID.get(id));
    }
}
