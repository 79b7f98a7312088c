/**
 * ttrpc, containerd's calls over a stream socket: frames, a server and a client that never wait.
 *
 * <pre>
 *   0        4          8      9       10
 *   | length | stream id | type | flags | data of that length: a Request, or the Response to the one with the same stream id
 * </pre>
 *
 * <p>Only calls of one request and one response, as the services of a shim are; numbers are big-endian.
 *
 * @see "github.com/containerd/ttrpc, PROTOCOL.md"
 */
package io.carafe.shim.ttrpc;
