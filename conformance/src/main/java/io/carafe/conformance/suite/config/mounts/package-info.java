/** The mounts of config.md. */
package io.carafe.conformance.suite.config.mounts;
