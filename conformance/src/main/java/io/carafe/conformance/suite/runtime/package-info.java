/** runtime.md and runtime-linux.md: what operations do, to which container, and when. */
package io.carafe.conformance.suite.runtime;
