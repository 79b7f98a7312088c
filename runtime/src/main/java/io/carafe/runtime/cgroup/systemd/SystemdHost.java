package io.carafe.runtime.cgroup.systemd;

/**
 * The systemd that answers.
 *
 * @param isUsers whether it is a user's own, and not the machine's
 * @param controlGroup where its slices are, from the root of the hierarchy; empty for the root itself
 * @param version as 252
 */
public record SystemdHost(boolean isUsers, String controlGroup, int version) {

    /** @param version as it tells it: {@code 252.38-1~deb12u1} or {@code v249} */
    static SystemdHost of(boolean isUsers, String controlGroup, String version) {
        int start = version.startsWith("v") ? 1 : 0;
        int end = start;
        while (end < version.length() && end < start + 6 && Character.isDigit(version.charAt(end))) {
            end++;
        }
        return new SystemdHost(isUsers, controlGroup.equals("/") ? "" : controlGroup, end == start ? 0 : Integer.parseInt(version.substring(start, end)));
    }
}
