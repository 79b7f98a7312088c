package io.carafe.spec.resources;

import java.util.OptionalLong;

/**
 * The limit of the pids controller.
 *
 * @param limit how many tasks; -1: no limit; absent: not touched
 * @see "runtime-spec config-linux.md, PIDs"
 */
public record Pids(OptionalLong limit) {

    /** A limit of so many tasks. */
    public static Pids of(long limit) {
        return new Pids(OptionalLong.of(limit));
    }
}
