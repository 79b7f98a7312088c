package io.carafe.spec.codec;

import static io.carafe.spec.table.Property.defaulted;
import static io.carafe.spec.table.Property.filledList;
import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.optionalList;
import static io.carafe.spec.table.Property.optionalLong;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Arch;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.SeccompFlag;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import io.carafe.spec.table.IntType;
import io.carafe.spec.table.LongType;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.Words;

/** The {@code linux.seccomp} of config.json. */
final class SeccompTable {

    private static final Words<Action> ACTION = Words.of(Action.values(), Action::text);

    private static final RecordTable<SyscallArg> SYSCALL_ARG = RecordTable.of(
            row -> new SyscallArg(row.next(), row.next(), row.next(), row.next()),
            // A system call has six arguments, syscall(2).
            required("index", IntType.range(0, 5), SyscallArg::index),
            required("value", LongType.UINT64, SyscallArg::value),
            defaulted("valueTwo", LongType.UINT64, 0L, SyscallArg::valueTwo),
            required("op", Words.of(Operator.values(), Operator::text), SyscallArg::op));

    private static final RecordTable<Syscall> SYSCALL = RecordTable.of(
            row -> new Syscall(row.next(), row.next(), row.next(), row.next()),
            filledList("names", TEXT, Syscall::names),
            required("action", ACTION, Syscall::action),
            optionalLong("errnoRet", LongType.UINT32, Syscall::errnoRet),
            list("args", SYSCALL_ARG, Syscall::args));

    static final RecordTable<Seccomp> SECCOMP = RecordTable.of(
            row -> new Seccomp(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            required("defaultAction", ACTION, Seccomp::defaultAction),
            optionalLong("defaultErrnoRet", LongType.UINT32, Seccomp::defaultErrnoRet),
            list("architectures", Words.of(Arch.values(), Arch::text), Seccomp::architectures),
            optionalList("flags", Words.of(SeccompFlag.values(), SeccompFlag::text), Seccomp::flags),
            optional("listenerPath", TEXT, Seccomp::listenerPath),
            optional("listenerMetadata", TEXT, Seccomp::listenerMetadata),
            list("syscalls", SYSCALL, Seccomp::syscalls));

    private SeccompTable() {
    }
}
