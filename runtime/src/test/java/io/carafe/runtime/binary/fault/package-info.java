/**
 * Every verb under faults: each system call that it makes fails once, with each errno of its man page, and the process is killed once
 * at each. Nothing may be left, and one clear line says what failed.
 *
 * <p>{@code make faults} tries all of it, {@code make test} a sample: {@link io.carafe.linux.door.FaultSample}.
 */
package io.carafe.runtime.binary.fault;
