/** Words from outside: the FIFOs {@code ctl} and {@code winsz}, and what the container says to a service manager. */
package io.carafe.conmon.control;
