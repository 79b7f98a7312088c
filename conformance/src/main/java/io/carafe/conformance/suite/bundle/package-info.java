/** bundle.md. */
package io.carafe.conformance.suite.bundle;
