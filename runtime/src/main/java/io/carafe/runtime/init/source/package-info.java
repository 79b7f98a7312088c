/**
 * How an init in a user namespace gets what only the host's rights open: it asks ({@link io.carafe.runtime.init.source.RemoteOpener}), and
 * a process of its parent's, in the init's mount namespace, opens it ({@link io.carafe.runtime.init.source.OpenerProcess}).
 */
package io.carafe.runtime.init.source;
