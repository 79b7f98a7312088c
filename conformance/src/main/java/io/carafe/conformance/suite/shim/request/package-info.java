/** What a request says of streams, mounts and terminals, and where a shim may not follow it. */
package io.carafe.conformance.suite.shim.request;
