/** Sockets on which a test listens as a manager does: for a terminal, for a seccomp descriptor. */
package io.carafe.conformance.socket;
