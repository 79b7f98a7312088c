/**
 * Whole processes: benchmarks that start a runtime and wait for it, in turn with the other runtimes.
 *
 * <p>Runs in the JVM that JMH forks for one benchmark. One JMH iteration is one {@link io.carafe.benchmarks.process.Rounds round},
 * in which each runtime has its turn; {@link io.carafe.benchmarks.process.Measurements} hands the times to JMH. Starts processes by
 * posix_spawn(3) of the C library, which is why this package has a door of its own beside {@code io.carafe.linux}.
 */
package io.carafe.benchmarks.process;
