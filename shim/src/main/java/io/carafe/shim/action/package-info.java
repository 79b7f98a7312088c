/**
 * containerd-shim-carafe-v2 as a program: the actions that containerd calls it for, and the serving process that {@code start} leaves
 * behind.
 *
 * @see "containerd, core/runtime/v2/README.md"
 */
package io.carafe.shim.action;
