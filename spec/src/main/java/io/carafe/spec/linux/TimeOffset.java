package io.carafe.spec.linux;

/** How far a clock of a time namespace is ahead, time_namespaces(7). Properties absent in the document are 0. */
public record TimeOffset(long secs, long nanosecs) {
}
