/** Calls on sockets. */
package io.carafe.linux.call.socket;
