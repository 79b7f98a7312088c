/**
 * Standard streams of a container's process: FIFOs that containerd reads, a file, a logger, or a terminal.
 *
 * <p>A process gets its FIFOs themselves, and what it writes never goes through the shim; only a terminal has to be copied. The shim
 * keeps ends of them open, so that nobody's death is the end of a stream but that of the process.
 */
package io.carafe.shim.stdio;
