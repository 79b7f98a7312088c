/**
 * The built binary against the real kernel: black box, as root and as an ordinary user. Each call runs in a mount namespace of its
 * own, and after each class nothing may be left on the host ({@code HostUnchanged}).
 */
package io.carafe.runtime.binary;
