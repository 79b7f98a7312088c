/** A bundle, as far as it is the shim's: what its config.json says of interest, and what is mounted on its rootfs. */
package io.carafe.shim.bundle;
