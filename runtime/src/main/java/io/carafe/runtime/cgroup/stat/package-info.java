/**
 * What a container uses, as the files of its cgroups tell: v1, hybrid and v2 in the same words, those of runc's {@code events}.
 *
 * <p>To add a counter: a row in {@code Counter}.
 */
package io.carafe.runtime.cgroup.stat;
