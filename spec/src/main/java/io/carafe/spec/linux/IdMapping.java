package io.carafe.spec.linux;

/**
 * One line of a uid_map or gid_map, user_namespaces(7). Each number from 0 to 4294967295.
 *
 * @param containerID the first id inside
 * @param hostID the first id outside
 * @param size how many ids
 */
public record IdMapping(long containerID, long hostID, long size) {
}
