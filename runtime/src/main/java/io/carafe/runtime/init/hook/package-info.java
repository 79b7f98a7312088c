/**
 * Hooks as processes: the state on stdin, the outcome back. Run by the parent and by the init, each in its own namespaces.
 *
 * <p>Uses {@code linux} and {@code spec}; which hooks run when is known to who calls.
 */
package io.carafe.runtime.init.hook;
