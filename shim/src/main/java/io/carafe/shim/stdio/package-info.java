/**
 * Standard streams of a container's process: FIFOs that containerd reads, a file, a logger, or a terminal.
 *
 * <p>A container's first process gets its FIFOs themselves, and what it writes never goes through the shim; that of a further one is
 * moved and not copied; only a terminal has to be copied. The shim
 * keeps ends of them open, so that nobody's death is the end of a stream but that of the process.
 */
package io.carafe.shim.stdio;
