package io.carafe.spec.codec;

import static io.carafe.spec.table.Property.defaulted;
import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.optionalInt;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;
import static io.carafe.spec.table.ValueType.BOOLEAN;

import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.ConsoleSize;
import io.carafe.spec.process.ExecCPUAffinity;
import io.carafe.spec.process.IoPriority;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.Rlimit;
import io.carafe.spec.process.Scheduler;
import io.carafe.spec.process.User;
import io.carafe.spec.table.IntType;
import io.carafe.spec.table.LongType;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.Words;

/** The {@code process} of config.json, which {@code exec --process} reads alone. */
public final class ProcessJson {

    private static final RecordTable<ConsoleSize> CONSOLE_SIZE = RecordTable.of(
            row -> new ConsoleSize(row.next(), row.next()),
            required("height", LongType.UINT64, ConsoleSize::height),
            required("width", LongType.UINT64, ConsoleSize::width));

    private static final RecordTable<User> USER = RecordTable.of(
            row -> new User(row.next(), row.next(), row.next(), row.next(), row.next()),
            defaulted("uid", LongType.ID, 0L, User::uid).alwaysWritten(),
            defaulted("gid", LongType.ID, 0L, User::gid).alwaysWritten(),
            optionalInt("umask", IntType.MODE, User::umask),
            list("additionalGids", LongType.ID, User::additionalGids),
            optional("username", TEXT, User::username));

    private static final RecordTable<Capabilities> CAPABILITIES = RecordTable.of(
            row -> new Capabilities(row.next(), row.next(), row.next(), row.next(), row.next()),
            list("bounding", TEXT, Capabilities::bounding),
            list("effective", TEXT, Capabilities::effective),
            list("inheritable", TEXT, Capabilities::inheritable),
            list("permitted", TEXT, Capabilities::permitted),
            list("ambient", TEXT, Capabilities::ambient));

    private static final RecordTable<Rlimit> RLIMIT = RecordTable.of(
            row -> new Rlimit(row.next(), row.next(), row.next()),
            required("type", TEXT, Rlimit::type),
            required("hard", LongType.UINT64, Rlimit::hard),
            required("soft", LongType.UINT64, Rlimit::soft));

    private static final RecordTable<Scheduler> SCHEDULER = RecordTable.of(
            row -> new Scheduler(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            required("policy", Words.of(Scheduler.Policy.values(), Scheduler.Policy::text), Scheduler::policy),
            defaulted("nice", IntType.INT32, 0, Scheduler::nice),
            defaulted("priority", IntType.INT32, 0, Scheduler::priority),
            list("flags", Words.of(Scheduler.Flag.values(), Scheduler.Flag::text), Scheduler::flags),
            defaulted("runtime", LongType.UINT64, 0L, Scheduler::runtime),
            defaulted("deadline", LongType.UINT64, 0L, Scheduler::deadline),
            defaulted("period", LongType.UINT64, 0L, Scheduler::period));

    private static final RecordTable<IoPriority> IO_PRIORITY = RecordTable.of(
            row -> new IoPriority(row.next(), row.next()),
            required("class", Words.of(IoPriority.IoClass.values(), IoPriority.IoClass::text), IoPriority::ioClass),
            defaulted("priority", IntType.INT32, 0, IoPriority::priority).alwaysWritten());

    private static final RecordTable<ExecCPUAffinity> EXEC_CPU_AFFINITY = RecordTable.of(
            row -> new ExecCPUAffinity(row.next(), row.next()),
            optional("initial", TEXT, ExecCPUAffinity::initial),
            optional("final", TEXT, ExecCPUAffinity::last));

    /** For the rows of a runtime's own record. */
    public static final RecordTable<Process> PROCESS = RecordTable.of(
            row -> new Process(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(),
                    row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            defaulted("terminal", BOOLEAN, false, Process::terminal),
            optional("consoleSize", CONSOLE_SIZE, Process::consoleSize),
            defaulted("user", USER, User.ROOT, Process::user).alwaysWritten(),
            list("args", TEXT, Process::args),
            optional("commandLine", TEXT, Process::commandLine),
            list("env", TEXT, Process::env),
            required("cwd", TEXT, Process::cwd),
            optional("capabilities", CAPABILITIES, Process::capabilities),
            list("rlimits", RLIMIT, Process::rlimits),
            defaulted("noNewPrivileges", BOOLEAN, false, Process::noNewPrivileges),
            optional("apparmorProfile", TEXT, Process::apparmorProfile),
            optionalInt("oomScoreAdj", IntType.INT32, Process::oomScoreAdj),
            optional("scheduler", SCHEDULER, Process::scheduler),
            optional("selinuxLabel", TEXT, Process::selinuxLabel),
            optional("ioPriority", IO_PRIORITY, Process::ioPriority),
            optional("execCPUAffinity", EXEC_CPU_AFFINITY, Process::execCPUAffinity));

    private ProcessJson() {
    }

    /**
     * Reads a process.
     *
     * @throws io.carafe.spec.json.SpecException when it is not one; paths start below {@code process}
     */
    public static Process read(byte[] json, int offset, int length) {
        return PROCESS.read(json, offset, length);
    }

    /** Writes a process with tabs, a line per value. */
    public static byte[] write(Process process) {
        return PROCESS.pretty(process);
    }
}
