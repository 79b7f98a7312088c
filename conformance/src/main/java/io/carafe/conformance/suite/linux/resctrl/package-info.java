/** The section of config-linux.md about Intel RDT. */
package io.carafe.conformance.suite.linux.resctrl;
