package io.carafe.runtime.binary.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.Personality;
import io.carafe.spec.process.ExecCPUAffinity;
import io.carafe.spec.process.IoPriority;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.Scheduler;
import io.carafe.spec.resources.Cpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Scheduler, I/O priority, CPUs, memory policy and personality, looked at from inside; of the init and of further processes. */
@ExtendWith(HostUnchanged.class)
class SchedulingIT {

    private static final int USER = 65534;
    private static final Scheduler BATCH = new Scheduler(Scheduler.Policy.SCHED_BATCH, 5, 0, List.of(), 0, 0, 0);
    private static final IoPriority BEST_EFFORT_6 = new IoPriority(IoPriority.IoClass.IOPRIO_CLASS_BE, 6);
    /** Fields of /proc/PID/stat behind the name in brackets: nice is the 19th of all, the policy the 41st. */
    private static final String NICE_AND_POLICY = "stat=$(cat /proc/self/stat); set -- ${stat##*) }; echo ${17} ${39}";

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void bundle() {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory);
    }

    @AfterEach
    void deleted() {
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    private String run(String script) {
        return carafe.run(bundle.script(script)).succeeds().out().strip();
    }

    private void started() {
        carafe.call("run", "--detach", "--bundle", bundle.args("/bin/sleep", "1000").path().toString(), bundle.id()).succeeds();
    }

    /** No shell: who has a deadline may not fork (sched(7)). */
    @Test
    void a_program_runs_with_a_deadline() {
        Scheduler deadline = new Scheduler(Scheduler.Policy.SCHED_DEADLINE, 0, 0, List.of(), 1_000_000, 2_000_000, 2_000_000);
        bundle.process(process -> process.withScheduler(deadline)).args("/bin/cat", "/proc/self/stat");
        String stat = carafe.run(bundle).succeeds().out();
        assertEquals("6", stat.substring(stat.lastIndexOf(')') + 2).split(" ")[38], stat);
    }

    /** What a shell script of a further process prints. @param process beside its args */
    private String exec(Process process, String script) throws IOException {
        Path file = directory.resolve("process.json");
        Files.write(file, ProcessJson.write(process.withArgs(List.of("/bin/sh", "-c", script))));
        return carafe.call("exec", "--process", file.toString(), bundle.id()).succeeds().out().strip();
    }

    private static Process plain() {
        return Process.of("/", List.of(), List.of("PATH=/bin"));
    }

    private void needsPriorityOfIO() {
        bundle.process(process -> process.withIoPriority(BEST_EFFORT_6));
    }

    @Test
    void policy_and_nice_are_the_scheduler_s() {
        bundle.process(process -> process.withScheduler(BATCH));
        assertEquals("5 3", run(NICE_AND_POLICY));
    }

    @Test
    void a_real_time_policy_has_its_priority() {
        bundle.process(process -> process.withScheduler(new Scheduler(Scheduler.Policy.SCHED_FIFO, 0, 10, List.of(), 0, 0, 0)));
        if (Files.exists(Path.of("/sys/fs/cgroup/cpu/cpu.rt_runtime_us"))) { // CONFIG_RT_GROUP_SCHED: no cgroup has any by itself
            bundle.resources(resources -> resources.withCpu(new Cpu(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
                    OptionalLong.empty(), OptionalLong.of(1000), OptionalLong.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty())));
        }
        Carafe.Result result = carafe.run(bundle.script("stat=$(cat /proc/self/stat); set -- ${stat##*) }; echo ${38} ${39}"));
        assumeTrue(result.code() == 0 || !result.err().contains("EPERM"), "the container's cgroup has no real-time bandwidth: " + result.err());
        assertEquals("10 1", result.succeeds().out().strip());
    }

    @Test
    void the_io_priority_is_inherited_by_all_its_processes() {
        needsPriorityOfIO();
        assertEquals("best-effort: prio 6", run("/bin/busybox ionice -p $$"));
    }

    @Test
    void uname_says_what_the_personality_wants() {
        bundle.linux(linux -> linux.withPersonality(new Personality(Personality.Domain.LINUX32, List.of())));
        String machine = run("/bin/busybox uname -m");
        assertTrue(List.of("i686", "armv8l").contains(machine), machine);
    }

    private void bindMemory() {
        assumeTrue(Files.exists(Path.of("/proc/self/numa_maps")), "this kernel has no NUMA");
        bundle.linux(linux -> linux.withMemoryPolicy(new MemoryPolicy(MemoryPolicy.Mode.MPOL_BIND, Optional.of("0"),
                List.of(MemoryPolicy.Flag.MPOL_F_STATIC_NODES))));
    }

    @Test
    void the_memory_policy_is_that_of_every_mapping() {
        bindMemory();
        assertTrue(run("cat /proc/self/numa_maps").contains(" bind=static:0 "));
    }

    @Test
    void a_node_that_is_not_there_is_told() {
        bindMemory();
        bundle.linux(linux -> linux.withMemoryPolicy(new MemoryPolicy(MemoryPolicy.Mode.MPOL_BIND, Optional.of("63"), List.of())));
        assertTrue(carafe.run(bundle.args("/bin/true")).fails().contains("linux.memoryPolicy: set_mempolicy: EINVAL"));
    }

    @Test
    void a_further_process_has_what_the_container_has() throws IOException {
        bindMemory();
        needsPriorityOfIO();
        bundle.process(process -> process.withScheduler(BATCH).withOomScoreAdj(OptionalInt.of(321)))
                .linux(linux -> linux.withPersonality(new Personality(Personality.Domain.LINUX32, List.of())));
        started();
        String seen = exec(plain(), NICE_AND_POLICY + "; /bin/busybox ionice -p $$; /bin/busybox uname -m; cat /proc/self/oom_score_adj; "
                + "grep -c ' bind=static:0 ' /proc/self/numa_maps");
        assertTrue(seen.matches("5 3\nbest-effort: prio 6\n(i686|armv8l)\n321\n[1-9][0-9]*"), seen);
    }

    @Test
    void what_a_further_process_says_itself_counts() throws IOException {
        needsPriorityOfIO();
        bundle.process(process -> process.withScheduler(BATCH).withOomScoreAdj(OptionalInt.of(321)));
        started();
        assertEquals("7 0\nidle\n322", exec(plain().withScheduler(new Scheduler(Scheduler.Policy.SCHED_OTHER, 7, 0, List.of(), 0, 0, 0))
                .withIoPriority(new IoPriority(IoPriority.IoClass.IOPRIO_CLASS_IDLE, 0)).withOomScoreAdj(OptionalInt.of(322)),
                NICE_AND_POLICY + "; /bin/busybox ionice -p $$; cat /proc/self/oom_score_adj"));
    }

    @Test
    void oom_score_adj_stays_the_caller_s_where_nobody_sets_it() throws IOException {
        String callers = Files.readString(Path.of("/proc/self/oom_score_adj")).strip();
        assertEquals(callers, run("cat /proc/self/oom_score_adj"));
        started();
        assertEquals(callers, exec(plain(), "cat /proc/self/oom_score_adj"));
    }

    private static final String CPUS = "grep Cpus_allowed_list /proc/self/status";

    private static void needsTwoProcessors() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "this machine has one processor");
    }

    @Test
    void the_final_cpus_are_those_of_the_further_process() throws IOException {
        started();
        assertEquals("Cpus_allowed_list:\t0", exec(plain().withExecCPUAffinity(new ExecCPUAffinity(Optional.empty(), Optional.of("0"))), CPUS));
    }

    @Test
    void the_initial_cpus_are_taken_first_and_the_final_ones_then() throws IOException {
        needsTwoProcessors();
        started();
        Path file = directory.resolve("process.json");
        Files.write(file, ProcessJson.write(plain().withExecCPUAffinity(new ExecCPUAffinity(Optional.of("1"), Optional.of("0-1")))
                .withArgs(List.of("/bin/sh", "-c", CPUS))));
        Path trace = directory.resolve("trace");
        assertEquals("Cpus_allowed_list:\t0-1", carafe.call("--trace", trace.toString(), "exec", "--process", file.toString(), bundle.id())
                .succeeds().out().strip());
        List<String> calls = Files.readAllLines(trace).stream().filter(line -> line.contains("sched_setaffinity") || line.contains("clone3")).toList();
        assertTrue(calls.get(0).contains("\"first\":\"0x2\""), "the parent's, before there is a child: " + calls);
        // Both sides write down their clone3, the parent's perhaps last of all.
        List<String> after = calls.stream().skip(1).filter(line -> line.contains("sched_setaffinity")).toList();
        assertEquals(1, after.size(), calls::toString);
        assertTrue(after.get(0).contains("\"first\":\"0x3\""), "the child's: " + calls);
    }

    @Test
    void the_container_s_cpus_for_exec_are_not_its_init_s_but_those_of_exec() throws IOException {
        needsTwoProcessors();
        String all = run(CPUS);
        bundle.process(process -> process.withExecCPUAffinity(new ExecCPUAffinity(Optional.empty(), Optional.of("1"))));
        assertEquals(all, run(CPUS));
        started();
        assertEquals("Cpus_allowed_list:\t1", exec(plain(), CPUS));
    }

    @Test
    void cpus_that_are_not_there_are_told() throws IOException {
        started();
        Path file = directory.resolve("process.json");
        Files.write(file, ProcessJson.write(plain().withArgs(List.of("true"))
                .withExecCPUAffinity(new ExecCPUAffinity(Optional.empty(), Optional.of("9000-9001")))));
        assertTrue(carafe.call("exec", "--process", file.toString(), bundle.id()).failsWith(255)
                .contains("process.execCPUAffinity.final: sched_setaffinity: EINVAL"));
    }

    @Test
    void an_ordinary_user_may_be_nicer_but_not_more_urgent() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Carafe ordinary = carafe.asOrdinaryUser();
        bundle = Bundle.rootless(directory, USER, USER).process(process -> process.withScheduler(BATCH).withIoPriority(BEST_EFFORT_6));
        assertEquals(0, new ProcessBuilder("chown", "-R", USER + ":" + USER, directory.toString()).start().waitFor());
        assertEquals("5 3", ordinary.run(bundle.script(NICE_AND_POLICY)).succeeds().out().strip());
        bundle.process(process -> process.withScheduler(new Scheduler(Scheduler.Policy.SCHED_RR, 0, 1, List.of(), 0, 0, 0)));
        assertTrue(ordinary.run(bundle).fails().contains("process.scheduler: sched_setattr: EPERM"));
    }
}
