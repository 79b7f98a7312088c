/** The proof that the tests can fail: a good runtime with one defect at a time. */
package io.carafe.conformance.defect;
