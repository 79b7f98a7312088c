/** The checks of {@link io.carafe.linux.call.Terminals}, and of what waits for both ends of one. */
package io.carafe.linux.checks.terminal;
