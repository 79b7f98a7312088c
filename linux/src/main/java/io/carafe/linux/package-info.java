/**
 * The interface to the kernel for all other packages: the one door ({@link io.carafe.linux.Kernel}), its errors, descriptors that close,
 * memory outside the Java heap, and the stack of undo steps.
 *
 * <p>Holds no policy and knows no container. Numbers come from {@code linux.abi}; the calls by name are in {@code linux.call}.
 */
package io.carafe.linux;
