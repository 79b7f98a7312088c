/**
 * CRIU as its service speaks: {@code criu swrk}, requests and responses on a socketpair, and what its log says.
 *
 * <p>Knows nothing of containers. Only the verbs checkpoint and restore come here.
 *
 * @see "criu.org, RPC; rpc.proto"
 */
package io.carafe.runtime.criu;
