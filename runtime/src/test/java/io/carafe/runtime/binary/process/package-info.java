/** What a container's process has beside its user: scheduling, limits, labels, keyring, network devices; by the built binary. */
package io.carafe.runtime.binary.process;
