/** A conformance suite for any OCI runtime: the program that asks the questions of {@code suite} and reports the answers. */
package io.carafe.conformance;
