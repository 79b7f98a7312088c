package io.carafe.spec.table;

/**
 * The description of a row's property, for generated documentation.
 *
 * @param path as {@code mounts[].type}; the names of an object whose names are data are {@code *}
 * @param form as {@code a string}
 * @param required whether it must be there
 */
public record Outline(String path, String form, boolean required) {
}
