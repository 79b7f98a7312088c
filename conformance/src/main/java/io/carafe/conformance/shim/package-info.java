/**
 * A shim under test in a sandbox: its actions, the calls of its task service, the events that it sends, and the tasks in it, as containerd
 * has them. Any shim of version 2 that understands containerd.runc.v1.Options.
 */
package io.carafe.conformance.shim;
