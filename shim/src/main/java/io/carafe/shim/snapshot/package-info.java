/** What a snapshotter wants mounted for a container. */
package io.carafe.shim.snapshot;
