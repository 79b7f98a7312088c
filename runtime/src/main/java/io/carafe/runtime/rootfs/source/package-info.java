/**
 * What a container's tree takes from the host: sources of binds, the root directory, layers. Each is opened when its turn comes, in the
 * container's mount namespace, by who asks ({@link io.carafe.runtime.rootfs.source.Sources}) or, where a user namespace keeps that one out,
 * by who has the host's rights ({@link io.carafe.runtime.rootfs.source.Opener}).
 *
 * <p>Runs in the child, and in the process that opens for it.
 */
package io.carafe.runtime.rootfs.source;
