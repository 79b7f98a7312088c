/**
 * Who gets what processes write, where that is no FIFO and no plain file: a program, or the log of Kubernetes, which the shim writes itself.
 */
package io.carafe.shim.logger;
