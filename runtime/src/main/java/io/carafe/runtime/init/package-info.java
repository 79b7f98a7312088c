/**
 * Both sides of clone3(2): the parent's handle on a container's init ({@code InitProcess}) and the child's steps up to execve(2)
 * ({@code Init}), with the messages between them ({@code Channel}), and the executable that both run from ({@code SealedExecutable}).
 *
 * <p>Runs in create, run and exec. Uses {@code rootfs} and {@code process}; of cgroups it knows only that the child has something
 * to join, and the state directory not at all.
 */
package io.carafe.runtime.init;
