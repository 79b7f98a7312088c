/**
 * The sandbox service: a pod whose namespaces and files are the shim's to keep, for a containerd with {@code sandboxer = "shim"}. There is no
 * pause container.
 *
 * @see "containerd, api/runtime/sandbox/v1/sandbox.proto; core/sandbox; internal/cri/server/sandbox_run.go"
 */
package io.carafe.shim.sandbox;
