/** Clients that are attached to a process: a packet socket in the bundle, and the process's stdin, which they write to. */
package io.carafe.conmon.attach;
