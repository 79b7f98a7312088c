/**
 * The namespaces of a container: which are new, which are joined, whose ids a user namespace maps, and who has to enter what
 * before the init is cloned.
 *
 * <p>{@code NamespacesPlan} decides; the rest acts on both sides of clone3(2). Used by {@code init}, which it does not know. Uses
 * {@code linux} and {@code spec}, and makes the user namespaces that {@code rootfs} asks for.
 */
package io.carafe.runtime.init.namespace;
