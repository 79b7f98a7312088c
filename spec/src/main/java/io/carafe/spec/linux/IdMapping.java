package io.carafe.spec.linux;

/**
 * One line of a uid_map or gid_map, user_namespaces(7).
 *
 * @param containerID the first id inside, 0 to 4294967294
 * @param hostID the first id outside, 0 to 4294967294
 * @param size how many ids, up to 4294967295
 */
public record IdMapping(long containerID, long hostID, long size) {
}
