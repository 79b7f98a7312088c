/**
 * What is kept of a container between two calls of carafe: its state directory below {@code --root}, the file in it, and the
 * status that these and /proc tell.
 *
 * <p>Used by every operation of {@code runtime.container}. Knows no plan and starts nothing.
 */
package io.carafe.runtime.container.state;
