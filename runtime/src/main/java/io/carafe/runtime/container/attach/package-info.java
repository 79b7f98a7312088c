/**
 * What an attached `run` or `exec` does while its process lives: hands on signals, copies between the caller's streams and the
 * process's terminal, speaks for it to a service manager.
 *
 * <p>Runs in the parent, on the host, in one loop around poll(2). Knows the process by its handle in {@code init}, and neither
 * containers nor their state.
 */
package io.carafe.runtime.container.attach;
