/**
 * Containerd's shims, called as containerd calls them, and a containerd of our own to call them itself.
 *
 * <p>Runs in the JVM that JMH forks for one benchmark. The calls are those of carafe's own shim ({@code io.carafe.shim.ttrpc}, {@code .message});
 * both shims understand them, as both are made for containerd.
 */
package io.carafe.benchmarks.shim;
