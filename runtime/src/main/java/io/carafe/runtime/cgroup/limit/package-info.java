/**
 * What {@code linux.resources} becomes: writes to control files, each with the property that asks for it. Pure data.
 *
 * <p>To add a limit: a row in {@code Limit}.
 */
package io.carafe.runtime.cgroup.limit;
