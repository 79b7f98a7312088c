/**
 * The kernel's binary interface: call numbers, flags and struct layouts for x86_64 and aarch64.
 *
 * <p>Constants only; nothing here calls the kernel. A struct's layout is drawn by its offsets in {@link io.carafe.linux.abi.Struct}.
 */
package io.carafe.linux.abi;
