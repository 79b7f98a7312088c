/** features.md and features-linux.md. */
package io.carafe.conformance.suite.features;
