/**
 * The task service: what containerd may ask of a shim, about the containers that it has and the processes in them.
 *
 * <p>Everything happens in the one loop. What takes time, as a call of the runtime, goes on in a callback when it has ended.
 */
package io.carafe.shim.task;
