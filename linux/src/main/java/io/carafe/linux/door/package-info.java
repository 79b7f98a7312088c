/**
 * The implementations of {@code Kernel}: {@code ImageKernel} inside an image, {@code JnaKernel} on the JVM; and two that wrap
 * another, {@code TracingKernel} and, in the tests, one that fails calls.
 *
 * <p>{@link io.carafe.linux.door.Door#open} chooses; no other code names them.
 */
package io.carafe.linux.door;
