/** Each property of config.md has an effect, which is seen from inside the container. */
package io.carafe.conformance.suite.config.applied;
