package io.carafe.spec.process;

/** The terminal's size in characters; to be ignored without a terminal. Unsigned 64 bits each. */
public record ConsoleSize(long height, long width) {
}
