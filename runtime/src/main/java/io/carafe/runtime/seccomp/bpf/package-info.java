/**
 * The compiler from a seccomp profile to the classic BPF that seccomp(2) takes. Pure: profile in, instructions out.
 *
 * <p>{@code Rules} says what each number of each ABI gets, {@code Ranges} puts neighbours of the same fate together,
 * {@code SearchTree} lays a search over them, {@code ArgumentChecks} the tests of the arguments, and {@code Program} writes the
 * instructions, from the last to the first. {@link io.carafe.runtime.seccomp.bpf.BpfCompiler} is the way in.
 *
 * <p>What calls are named and numbered is in {@code syscalls.txt}, which a generator beside the tests makes from libseccomp's tables;
 * what a profile means is libseccomp's word too, and the tests compare the two. At run time libseccomp is not needed.
 *
 * <p>Only loads of the number and the architecture, jumps, and-masks and returns are used before an argument is looked at: those the
 * kernel can follow when it is given the program, and calls that are always allowed then cost no run of it at all (Linux 5.11,
 * kernel/seccomp.c, seccomp_is_const_allow).
 */
package io.carafe.runtime.seccomp.bpf;
