package io.carafe.spec.process;

/**
 * One resource limit.
 *
 * @param type RLIMIT_… as in getrlimit(2); unknown ones are refused by the runtime, not here
 * @param hard unsigned 64 bits; all ones is RLIM_INFINITY, as in the kernel
 * @param soft unsigned 64 bits, likewise
 * @see "runtime-spec config.md, POSIX process"
 */
public record Rlimit(String type, long hard, long soft) {
}
