/**
 * Messages of protocol buffers (proto3) to records and back: a row a field. Bytes in, records out; no calls.
 *
 * <p>Imports nothing of carafe.
 */
package io.carafe.runtime.protobuf;
