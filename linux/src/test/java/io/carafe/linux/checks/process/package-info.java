/** Checks of what a process has beside its user: scheduling, keyrings. */
package io.carafe.linux.checks.process;
