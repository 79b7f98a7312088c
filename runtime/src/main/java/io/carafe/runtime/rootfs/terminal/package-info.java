/**
 * A terminal in a container's own tree: the pseudoterminal of its devpts, and /dev/console.
 *
 * <p>Runs in the child, in the container's mount namespace and root. What stands in /dev there is the image's or its processes' to
 * choose, so every name is looked at after it was opened, and nothing is opened again by a path (CVE-2025-52565).
 */
package io.carafe.runtime.rootfs.terminal;
