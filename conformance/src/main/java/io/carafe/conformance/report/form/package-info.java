/** The forms in which a run is told: TAP, JUnit's XML, JSON, a badge, and a page to read. */
package io.carafe.conformance.report.form;
