/** Results of one runtime, what follows from them, and the lines in a terminal. */
package io.carafe.conformance.report;
