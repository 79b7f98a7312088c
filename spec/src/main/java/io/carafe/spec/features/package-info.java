/**
 * What a runtime says about itself: the document of {@code features}.
 *
 * <p>Pure data, no system calls. Here, unlike in a configuration, an absent list means "unknown" and an empty one means
 * "none"; so lists are optional.
 *
 * @see "runtime-spec 1.3.0, features.md and features-linux.md"
 */
package io.carafe.spec.features;
