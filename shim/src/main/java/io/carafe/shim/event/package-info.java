/** What happened, told to containerd: in order, and again when it has been away. */
package io.carafe.shim.event;
