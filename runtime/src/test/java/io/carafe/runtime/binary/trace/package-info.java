/** What the runtime does with the kernel: its own trace, and the count of its system calls. */
package io.carafe.runtime.binary.trace;
