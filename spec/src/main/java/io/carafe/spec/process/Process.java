package io.carafe.spec.process;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The container's process.
 *
 * @param user absent in the document: uid 0 and gid 0
 * @param args the argv; the specification wants at least one
 * @param commandLine for Windows only
 * @param cwd absolute path in the container
 * @param capabilities absent: none are asked for
 * @param oomScoreAdj absent: leave the inherited value alone
 * @see "runtime-spec config.md, Process"
 */
public record Process(
        boolean terminal,
        Optional<ConsoleSize> consoleSize,
        User user,
        List<String> args,
        Optional<String> commandLine,
        List<String> env,
        String cwd,
        Optional<Capabilities> capabilities,
        List<Rlimit> rlimits,
        boolean noNewPrivileges,
        Optional<String> apparmorProfile,
        OptionalInt oomScoreAdj,
        Optional<Scheduler> scheduler,
        Optional<String> selinuxLabel,
        Optional<IoPriority> ioPriority,
        Optional<ExecCPUAffinity> execCPUAffinity) {

    public Process {
        args = List.copyOf(args);
        env = List.copyOf(env);
        rlimits = List.copyOf(rlimits);
    }

    /** A process of root that asks for nothing. */
    public static Process of(String cwd, List<String> args, List<String> env) {
        return new Process(false, Optional.empty(), User.ROOT, args, Optional.empty(), env, cwd, Optional.empty(), List.of(),
                false, Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public Process withTerminal(boolean terminal) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withUser(User user) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withArgs(List<String> args) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withEnv(List<String> env) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withCwd(String cwd) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withCapabilities(Capabilities capabilities) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, Optional.of(capabilities), rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withRlimits(List<Rlimit> rlimits) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withOomScoreAdj(OptionalInt oomScoreAdj) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withNoNewPrivileges(boolean noNewPrivileges) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withApparmorProfile(String apparmorProfile) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                Optional.of(apparmorProfile), oomScoreAdj, scheduler, selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withSelinuxLabel(String selinuxLabel) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, Optional.of(selinuxLabel), ioPriority, execCPUAffinity);
    }

    public Process withScheduler(Scheduler scheduler) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, Optional.of(scheduler), selinuxLabel, ioPriority, execCPUAffinity);
    }

    public Process withIoPriority(IoPriority ioPriority) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, Optional.of(ioPriority), execCPUAffinity);
    }

    public Process withExecCPUAffinity(ExecCPUAffinity execCPUAffinity) {
        return new Process(terminal, consoleSize, user, args, commandLine, env, cwd, capabilities, rlimits, noNewPrivileges,
                apparmorProfile, oomScoreAdj, scheduler, selinuxLabel, ioPriority, Optional.of(execCPUAffinity));
    }
}
