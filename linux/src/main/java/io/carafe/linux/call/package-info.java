/**
 * The system calls by name, a class for each family of man pages, each method a few lines: arguments in the man page's order,
 * close-on-exec always set, a failure turned into a {@link io.carafe.linux.KernelException} in one place. No policy.
 *
 * <p>{@link io.carafe.linux.call.Linux} holds one of each over a {@link io.carafe.linux.Kernel}.
 */
package io.carafe.linux.call;
