/**
 * What is true of every wrapper of {@code linux.call}, tried on the real kernel: one list of {@link
 * io.carafe.linux.checks.Check}s for each family.
 *
 * <p>Run twice: on the JVM as dynamic tests of JUnit, and inside an image by {@code ImageChecks}. So nothing here knows JUnit,
 * and everything is done through {@code linux} itself. Whatever a check makes, it takes away again.
 */
package io.carafe.linux.checks;
