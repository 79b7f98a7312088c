/**
 * The two ways through the door: {@code ImageKernel} inside an image, {@code JnaKernel} on the JVM; and two that stand in front
 * of another, {@code TracingKernel} and, in the tests, one that fails calls.
 *
 * <p>{@link io.carafe.linux.door.Door#open} picks the way; nobody else names them.
 */
package io.carafe.linux.door;
