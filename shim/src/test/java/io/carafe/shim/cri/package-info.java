/** containerd's CRI plugin with the shim as a runtime handler, driven over gRPC as a kubelet does. */
package io.carafe.shim.cri;
