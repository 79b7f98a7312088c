package io.carafe.spec.linux;

/** The offset of a clock of a time namespace, time_namespaces(7). Properties absent in the document are 0. */
public record TimeOffset(long secs, long nanosecs) {
}
