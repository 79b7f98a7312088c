/**
 * The {@code process} section of config.json: what runs in the container, and as whom.
 *
 * <p>Also the document that {@code exec --process FILE} reads. Pure data, no system calls; knows no other section.
 *
 * @see "runtime-spec 1.3.0, config.md, Process"
 */
package io.carafe.spec.process;
