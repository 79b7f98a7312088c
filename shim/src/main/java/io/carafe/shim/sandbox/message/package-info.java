/** The messages of containerd.runtime.sandbox.v1, and of runtime.v1, the CRI, what says how a sandbox is to be. */
package io.carafe.shim.sandbox.message;
