package io.carafe.spec.linux;

import java.util.Optional;

/**
 * One namespace that the container is to have.
 *
 * @param path the namespace's file, to join it; absent or empty in the document: a new one
 * @see "runtime-spec config-linux.md, Namespaces"
 */
public record Namespace(NamespaceType type, Optional<String> path) {

    /** A new namespace. */
    public static Namespace of(NamespaceType type) {
        return new Namespace(type, Optional.empty());
    }
}
