/** Checks of netlink sockets. */
package io.carafe.linux.checks.socket;
