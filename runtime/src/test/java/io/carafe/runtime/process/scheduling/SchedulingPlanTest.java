package io.carafe.runtime.process.scheduling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.linux.call.process.Scheduling.Attributes;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.Personality;
import io.carafe.spec.process.Process;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulingPlanTest {

    private static final Process SHELL = Process.of("/", List.of("sh"), List.of());

    private static Process process(String property, String json) {
        byte[] document = ("{\"cwd\":\"/\",\"" + property + "\":" + json.replace('\'', '"') + "}").getBytes(StandardCharsets.UTF_8);
        return ProcessJson.read(document, 0, document.length);
    }

    private static SchedulingPlan plan(Process process) {
        return SchedulingPlan.of(process, Optional.empty(), Optional.empty(), "process");
    }

    private static String complaint(org.junit.jupiter.api.function.Executable asked) {
        return assertThrows(SpecException.class, asked).getMessage();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'policy':'SCHED_OTHER','nice':-20}                                       | 0 | 0  | -20 | 0  | 0    | 0    | 0",
        "{'policy':'SCHED_FIFO','priority':99,'flags':['SCHED_FLAG_RESET_ON_FORK']} | 1 | 1  | 0   | 99 | 0    | 0    | 0",
        "{'policy':'SCHED_RR','priority':1}                                        | 2 | 0  | 0   | 1  | 0    | 0    | 0",
        "{'policy':'SCHED_BATCH','nice':19}                                        | 3 | 0  | 19  | 0  | 0    | 0    | 0",
        "{'policy':'SCHED_IDLE'}                                                   | 5 | 0  | 0   | 0  | 0    | 0    | 0",
        "{'policy':'SCHED_DEADLINE','runtime':1024,'deadline':1024}                | 6 | 0  | 0   | 0  | 1024 | 1024 | 0",
        "{'policy':'SCHED_DEADLINE','runtime':1024,'deadline':2000,'period':2000,'flags':['SCHED_FLAG_RECLAIM','SCHED_FLAG_DL_OVERRUN']}"
                + " | 6 | 6  | 0   | 0  | 1024 | 2000 | 2000",
        "{'policy':'SCHED_FIFO','flags':['SCHED_FLAG_KEEP_POLICY','SCHED_FLAG_KEEP_PARAMS']} | 1 | 24 | 0 | 0 | 0 | 0 | 0",
        "{'policy':'SCHED_OTHER','flags':['SCHED_FLAG_UTIL_CLAMP_MIN','SCHED_FLAG_UTIL_CLAMP_MAX']} | 0 | 96 | 0 | 0 | 0 | 0 | 0"})
    void a_scheduler_becomes_the_kernels_numbers(String json, int policy, long flags, int nice, int priority, long runtime, long deadline,
            long period) {
        assertEquals(Optional.of(new Attributes(policy, flags, nice, priority, runtime, deadline, period)),
                plan(process("scheduler", json)).scheduler());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'policy':'SCHED_ISO'}                    | .policy: SCHED_ISO is a reserved number, which no kernel implements",
        "{'policy':'SCHED_OTHER','nice':20}        | .nice: expected -20 to 19, found 20",
        "{'policy':'SCHED_BATCH','nice':-21}       | .nice: expected -20 to 19, found -21",
        "{'policy':'SCHED_FIFO'}                   | .priority: expected 1 to 99 with SCHED_FIFO, found 0",
        "{'policy':'SCHED_RR','priority':100}      | .priority: expected 1 to 99 with SCHED_RR, found 100",
        "{'policy':'SCHED_OTHER','priority':1}     | .priority: expected none but with SCHED_FIFO and SCHED_RR, found 1",
        "{'policy':'SCHED_DEADLINE','priority':1}  | .priority: expected none but with SCHED_FIFO and SCHED_RR, found 1",
        "{'policy':'SCHED_OTHER','period':1}       | : expected runtime, deadline and period with SCHED_DEADLINE only, found them with SCHED_OTHER",
        "{'policy':'SCHED_DEADLINE','deadline':2000}                 | .runtime: expected at least 1024 and less than 2^63 nanoseconds, found 0",
        "{'policy':'SCHED_DEADLINE','runtime':1024,'deadline':1023}  | .deadline: expected at least runtime and less than 2^63 nanoseconds, found 1023",
        "{'policy':'SCHED_DEADLINE','runtime':1024,'deadline':9223372036854775808}"
                + " | .deadline: expected at least runtime and less than 2^63 nanoseconds, found 9223372036854775808",
        "{'policy':'SCHED_DEADLINE','runtime':1024,'deadline':1025,'period':1024}"
                + " | .period: expected 0, or at least deadline and less than 2^63 nanoseconds, found 1024"})
    void what_the_kernel_would_refuse_is_told_with_its_property(String json, String expected) {
        assertEquals("process.scheduler" + expected, complaint(() -> plan(process("scheduler", json))));
    }

    @ParameterizedTest
    @CsvSource({"IOPRIO_CLASS_RT, 0, 8192", "IOPRIO_CLASS_BE, 7, 16391", "IOPRIO_CLASS_IDLE, 3, 24579"})
    void class_and_priority_become_one_number(String ioClass, int priority, int number) {
        assertEquals(OptionalInt.of(number), plan(process("ioPriority", "{'class':'" + ioClass + "','priority':" + priority + "}")).ioPriority());
    }

    /** As runc and crun. */
    @Test
    void an_io_priority_that_is_not_given_is_the_highest() {
        assertEquals(OptionalInt.of(16384), plan(process("ioPriority", "{'class':'IOPRIO_CLASS_BE'}")).ioPriority());
    }

    @ParameterizedTest
    @CsvSource({"-1", "8"})
    void an_io_priority_is_0_to_7(int priority) {
        assertEquals("process.ioPriority.priority: expected 0 to 7, found " + priority,
                complaint(() -> plan(process("ioPriority", "{'class':'IOPRIO_CLASS_BE','priority':" + priority + "}"))));
    }

    @ParameterizedTest
    @CsvSource({"'0', 1", "'0-3,7', 8f", "'63', 8000000000000000", "'1,1,0-1', 3"})
    void a_list_of_numbers_is_a_mask(String text, String mask) {
        assertArrayEquals(new long[] {Long.parseUnsignedLong(mask, 16)}, NumberList.parse(text, "x").words());
    }

    @Test
    void a_list_has_no_limit_of_1024() {
        long[] words = NumberList.parse("64,8191-8192", "x").words();
        assertEquals(129, words.length);
        assertEquals(1, words[1]);
        assertEquals(1L << 63, words[127]);
        assertEquals(1, words[128]);
        assertEquals("x: expected numbers up to 65535, found \"65536\"", complaint(() -> NumberList.parse("65536", "x")));
        assertThrows(SpecException.class, () -> NumberList.parse("99999999999999999999", "x"));
    }

    @ParameterizedTest
    @CsvSource({"' 0'", "'0 '", "'0,'", "',0'", "'0,,1'", "'-1'", "'1-'", "'1-2-3'", "'3-1'", "'0x1'", "'0-3:2/4'", "'all'", "'+1'", "'1\n'"})
    void a_list_is_read_strictly(String text) {
        assertThrows(SpecException.class, () -> NumberList.parse(text, "x"));
    }

    @Test
    void cpus_of_exec_have_their_property() {
        SchedulingPlan plan = plan(process("execCPUAffinity", "{'initial':'1','final':''}"));
        assertArrayEquals(new long[] {2}, plan.initialCpus().orElseThrow().words());
        assertEquals(Optional.empty(), plan.finalCpus(), "empty is as absent");
        assertEquals("process.execCPUAffinity.final: expected numbers and ranges as 0-3,7, found \"x\"",
                complaint(() -> plan(process("execCPUAffinity", "{'final':'x'}"))));
    }

    private static MemoryPolicyPlan memory(String mode, String nodes, String flags) {
        List<MemoryPolicy.Flag> list = flags == null ? List.of() : java.util.Arrays.stream(flags.split(" ")).map(MemoryPolicy.Flag::valueOf).toList();
        return MemoryPolicyPlan.of(new MemoryPolicy(MemoryPolicy.Mode.valueOf(mode), Optional.ofNullable(nodes), list));
    }

    @ParameterizedTest
    @CsvSource({"MPOL_DEFAULT, , , 0", "MPOL_PREFERRED, , , 1", "MPOL_PREFERRED, 0, MPOL_F_STATIC_NODES, 32769", "MPOL_BIND, 0, MPOL_F_NUMA_BALANCING, 8194",
        "MPOL_INTERLEAVE, 0, MPOL_F_RELATIVE_NODES, 16387", "MPOL_LOCAL, , , 4", "MPOL_PREFERRED_MANY, 0, MPOL_F_NUMA_BALANCING, 8197",
        "MPOL_WEIGHTED_INTERLEAVE, 0, , 6"})
    void a_memory_policy_becomes_the_kernels_number(String mode, String nodes, String flags, int number) {
        assertEquals(number, memory(mode, nodes, flags).mode());
        assertEquals(nodes == null, memory(mode, nodes, flags).nodes().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "MPOL_DEFAULT | 0 | | .nodes: expected none with MPOL_DEFAULT, found \"0\"",
        "MPOL_LOCAL | 0-1 | | .nodes: expected none with MPOL_LOCAL, found \"0-1\"",
        "MPOL_BIND | | | .nodes: expected at least one with MPOL_BIND, found none",
        "MPOL_INTERLEAVE | | | .nodes: expected at least one with MPOL_INTERLEAVE, found none",
        "MPOL_WEIGHTED_INTERLEAVE | | | .nodes: expected at least one with MPOL_WEIGHTED_INTERLEAVE, found none",
        "MPOL_PREFERRED_MANY | | | .nodes: expected at least one with MPOL_PREFERRED_MANY, found none",
        "MPOL_BIND | 0,x | | .nodes: expected numbers and ranges as 0-3,7, found \"0,x\"",
        "MPOL_BIND | 0 | MPOL_F_STATIC_NODES MPOL_F_RELATIVE_NODES | .flags: expected one of MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES, found both",
        "MPOL_PREFERRED | | MPOL_F_STATIC_NODES | .flags: expected neither MPOL_F_STATIC_NODES nor MPOL_F_RELATIVE_NODES without nodes",
        "MPOL_INTERLEAVE | 0 | MPOL_F_NUMA_BALANCING | .flags: expected MPOL_F_NUMA_BALANCING with MPOL_BIND or MPOL_PREFERRED_MANY only, "
                + "found it with MPOL_INTERLEAVE"})
    void what_set_mempolicy_would_refuse_is_told_with_its_property(String mode, String nodes, String flags, String expected) {
        assertEquals("linux.memoryPolicy" + expected, complaint(() -> memory(mode, nodes, flags)));
    }

    @Test
    void a_personality_is_one_of_two_and_has_no_flags() {
        assertEquals(OptionalInt.of(0), personality(Personality.Domain.LINUX));
        assertEquals(OptionalInt.of(8), personality(Personality.Domain.LINUX32));
        assertEquals("linux.personality.flags: the specification knows none yet, found \"ADDR_NO_RANDOMIZE\"",
                complaint(() -> personality(Personality.Domain.LINUX, "ADDR_NO_RANDOMIZE")));
    }

    private static OptionalInt personality(Personality.Domain domain, String... flags) {
        return SchedulingPlan.of(SHELL, Optional.empty(), Optional.of(new Personality(domain, List.of(flags))), "process").personality();
    }

    /** Each range may be of all numbers, so that a document full of them is hours of work. */
    @Test
    void a_list_that_is_longer_than_any_kernel_reads_is_refused() {
        String list = "0-65535,".repeat(2_000_000) + "1";
        String complaint = complaint(() -> NumberList.parse(list, "linux.memoryPolicy.nodes"));
        assertEquals("linux.memoryPolicy.nodes: expected a list of at most 16384 characters, found " + list.length(), complaint);
    }
}
