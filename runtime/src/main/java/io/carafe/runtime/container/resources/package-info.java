/**
 * What is done with a container's processes as a whole while it lives: they are counted, stopped, limited anew, and watched.
 *
 * <p>Reads the state, works on the cgroups. Starts nothing.
 */
package io.carafe.runtime.container.resources;
