package io.carafe.spec;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One hook program.
 *
 * @param path absolute
 * @param args the whole argv, the program's name included; empty: the path alone
 * @param env absent: the environment of the process that runs the hook
 * @param timeout in seconds, at least 1; absent: no limit
 * @see "runtime-spec config.md, POSIX-platform Hooks"
 */
public record Hook(String path, List<String> args, Optional<List<String>> env, OptionalInt timeout) {

    public Hook {
        args = List.copyOf(args);
        env = env.map(List::copyOf);
    }
}
