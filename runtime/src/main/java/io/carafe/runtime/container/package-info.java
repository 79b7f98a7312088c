/**
 * One class for each operation of the specification's runtime.md (create, start, kill, delete) and of the field's command line
 * (run, list). The last room before the words: it knows the plans of all others and the order of a container's life.
 *
 * <p>Runs in the parent, on the host. Uses {@code init} and the rooms below it; knows no flag and prints nothing.
 */
package io.carafe.runtime.container;
