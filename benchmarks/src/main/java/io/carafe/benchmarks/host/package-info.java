/**
 * The host that is measured on: what it is, and which view of its cgroups the runtimes get. Mounts, as root, in the mount
 * namespace that this process was started in.
 */
package io.carafe.benchmarks.host;
