/**
 * What a process has beside its user and its capabilities: limits, scheduling, labels, session keyring; when each is set, and by whom.
 *
 * <p>Runs in create, run and exec, in the child and, with a user namespace, in its parent. Joins {@code process} and the private procfs of
 * {@code rootfs}, which do not know each other.
 */
package io.carafe.runtime.init.attribute;
