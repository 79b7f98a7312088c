/** checkpoint and restore through the built binary and the machine's CRIU; where that does not work on this kernel, the tests are skipped. */
package io.carafe.runtime.binary.checkpoint;
