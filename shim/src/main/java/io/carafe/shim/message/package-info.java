/**
 * The messages between containerd and a shim, as records: containerd.task.v2 and v3, which differ in nothing but that name,
 * containerd.events, containerd.types, containerd.runc.v1.
 *
 * <p>Messages with the same fields share a record. A row's number is that of the .proto.
 */
package io.carafe.shim.message;
