/** Beyond the specification: what containerd needs of a shim, asked by ttrpc without containerd. */
package io.carafe.conformance.suite.shim;
