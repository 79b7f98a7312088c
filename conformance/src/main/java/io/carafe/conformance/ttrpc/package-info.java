/**
 * ttrpc as a manager speaks it: frames, the calls of a client, the events that a server takes, and the messages in them.
 *
 * @see "containerd/ttrpc, PROTOCOL.md"
 */
package io.carafe.conformance.ttrpc;
