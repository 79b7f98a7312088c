/** config.md, but for mounts. */
package io.carafe.conformance.suite.config;
