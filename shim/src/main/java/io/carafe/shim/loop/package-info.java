/** The one loop of the shim, around epoll(7): who waits for a descriptor or for a time is called from here, one after the other. */
package io.carafe.shim.loop;
