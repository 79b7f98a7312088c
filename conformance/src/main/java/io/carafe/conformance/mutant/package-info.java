/** Mutants: a good runtime or shim that is broken in one way, so that a test must fail. */
package io.carafe.conformance.mutant;
