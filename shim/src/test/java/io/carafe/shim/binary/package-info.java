/** The shim as containerd has it: the binary, spoken to by ttrpc, with a runtime behind it and somebody who takes its events. */
package io.carafe.shim.binary;
