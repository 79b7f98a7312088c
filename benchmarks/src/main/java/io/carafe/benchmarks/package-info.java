/**
 * {@code make bench}: carafe beside runc, crun and whom else one names, on the same bundle, in turns.
 *
 * <p>{@link io.carafe.benchmarks.Main} makes a {@link io.carafe.benchmarks.View view} of the host, lets JMH ask each
 * {@link io.carafe.benchmarks.Benchmark} in a JVM of its own, and prints the {@link io.carafe.benchmarks.Report}. Outside any
 * container's life; may read and write files and start processes. As root it works in a mount namespace of its own.
 */
package io.carafe.benchmarks;
