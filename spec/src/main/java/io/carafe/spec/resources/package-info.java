/**
 * {@code linux.resources} of config.json: the limits that go into cgroups. Also the document of {@code update --resources}.
 *
 * <p>Pure data, no system calls. See {@link io.carafe.spec} for what absent values and unsigned numbers become.
 *
 * @see "runtime-spec 1.3.0, config-linux.md, Control groups"
 */
package io.carafe.spec.resources;
