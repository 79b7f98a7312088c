/** Calls that take their time, and those that come meanwhile. */
package io.carafe.conformance.suite.shim.calls;
