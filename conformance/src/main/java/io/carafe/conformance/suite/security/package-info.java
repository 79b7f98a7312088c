/** Beyond the specification: attacks of the past, in a form that is safe to run. */
package io.carafe.conformance.suite.security;
