package io.carafe.spec.seccomp;

import java.util.List;
import java.util.OptionalLong;

/**
 * One rule.
 *
 * @param names at least one
 * @param errnoRet 0 to 4294967295; absent: EPERM
 * @param args all of them must hold
 */
public record Syscall(List<String> names, Action action, OptionalLong errnoRet, List<SyscallArg> args) {

    public Syscall {
        names = List.copyOf(names);
        args = List.copyOf(args);
    }
}
