/** Results, and the forms in which they are told: lines in a terminal, TAP, JUnit's XML, JSON, and a page to read. */
package io.carafe.conformance.report;
