/** The seccomp sections of config-linux.md. */
package io.carafe.conformance.suite.linux.seccomp;
