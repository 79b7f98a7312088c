package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.spec.resources.Cpu;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Pids;
import io.carafe.spec.resources.Resources;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is left when something fails, who may go without a cgroup, and how many calls it takes. */
class FailuresTest extends RealCgroups {

    private final WatchedKernel kernel = new WatchedKernel(Door.open());
    private final Linux watched = Linux.over(kernel);

    private Resources everything() {
        Resources resources = has("cpu") ? Resources.EMPTY.withCpu(Cpu.EMPTY.withQuota(50_000, 100_000)) : Resources.EMPTY;
        resources = has("memory") ? resources.withMemory(Memory.EMPTY.withLimit(1 << 30)) : resources;
        return has("pids") ? resources.withPids(Pids.of(5)) : resources;
    }

    @Test
    void whichever_call_fails_nothing_is_left_behind() {
        CgroupPlan plan = CgroupPlan.of(Optional.of(RUN + "-faults/above/web"), Optional.of(everything()), "unused", host);
        int failures = 0;
        for (int n = 1; n == 1 || !kernel.failed.isEmpty(); n++) {
            kernel.fail(n, Errno.EIO);
            try (Undo undo = new Undo()) {
                Cgroup cgroup = undo.onFailure(Cgroup.make(watched, plan), Cgroup::remove);
                cgroup.limit();
                kernel.fail(-1, Errno.EIO);
                assertEquals("", kernel.failed, "call " + n + " failed and nobody said so");
            } catch (KernelException e) {
                assertTrue(e.is(Errno.EIO), "call " + n + " " + kernel.failed + ": " + e);
                assertEquals(0, e.getSuppressed().length, "call " + n + " " + kernel.failed + ": " + e);
                failures++;
            }
            assertEquals(Set.of(), leftovers("-faults"), "after call " + n + " " + kernel.failed);
            assertEquals(Set.of(), kernel.open, "after call " + n + " " + kernel.failed);
        }
        assertTrue(failures > plan.places().size(), failures + " calls have failed");
    }

    @Test
    void a_hierarchy_that_cannot_be_removed_does_not_keep_the_others() {
        Cgroup cgroup = Cgroup.make(watched, CgroupPlan.of(Optional.of(RUN + "-stays"), Optional.empty(), "unused", host));
        kernel.fail(1, Errno.EIO);
        assertTrue(assertThrows(KernelException.class, cgroup::remove).is(Errno.EIO));
        assertEquals(Set.of(Path.of(cgroup.paths().byLabel().values().iterator().next())), leftovers("-stays"));
        cgroup.remove();
        assertEquals(Set.of(), leftovers("-stays"));
    }

    /** A process in a frozen v1 cgroup cannot even be killed. What thaws is done again where it fails. */
    @Test
    void whichever_call_of_a_signal_to_all_fails_nothing_stays_frozen() throws Exception {
        assumeTrue(host.v1With("freezer").isPresent(), "this host has no v1 freezer");
        final int harmless = 28; // SIGWINCH
        Cgroup cgroup = make("thaw");
        awaitJoined(inside(cgroup, "exec sleep 100"));
        CgroupPaths v1 = new CgroupPaths(Map.of("freezer", cgroup.paths().v1With("freezer").orElseThrow()));
        String state = v1.byLabel().get("freezer") + "/freezer.state";
        int frozen = 0;
        int failures = 0;
        for (int n = 1; n == 1 || !kernel.failed.isEmpty(); n++) {
            kernel.fail(n, Errno.EIO);
            try {
                Cgroup.of(watched, v1).killAll(harmless);
            } catch (KernelException e) {
                failures++;
            }
            kernel.fail(-1, Errno.EIO);
            if (!read(state).equals("THAWED")) {
                frozen++;
                new CgroupTree(linux, v1.byLabel().get("freezer"), false).thaw();
            }
        }
        assertTrue(failures > 5, failures + " calls have failed");
        assertEquals(0, frozen, "left frozen after so many of the failures");
    }

    @Test
    void a_start_takes_few_calls() {
        Hierarchies probed = Hierarchies.probe(watched, false);
        int probe = kernel.count();
        Cgroup cgroup = Cgroup.make(watched, CgroupPlan.of(Optional.of(RUN + "-calls"), Optional.of(everything()), "unused", probed));
        made.add(cgroup);
        int make = kernel.count();
        cgroup.limit();
        int limit = kernel.count();
        cgroup.remove();
        int remove = kernel.count();
        int places = probed.v1().size() + (probed.unified().isPresent() ? 1 : 0);
        System.out.println(places + " hierarchies: probe " + probe + ", make " + (make - probe) + ", limit " + (limit - make) + ", remove "
                + (remove - limit) + " calls: " + kernel.calls);
        assertTrue(probe <= 16 + places, "probe: " + probe);
        // Two files for devices with a write for each rule.
        assertTrue(make - probe <= 40 + 2 * places, "make: " + (make - probe));
        // Three calls for each limit.
        assertTrue(limit - make <= 15, "limit: " + (limit - make));
        assertTrue(remove - limit <= 2 * places, "remove: " + (remove - limit));
    }

    /** System calls change the credentials of one thread: this one is an ordinary user, and ends. */
    private <T> AtomicReference<Object> asOrdinaryUser(java.util.function.Supplier<T> action) throws InterruptedException {
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                linux.credentials.setgid(65534);
                linux.credentials.setuid(65534);
                outcome.set(action.get());
            } catch (RuntimeException e) {
                outcome.set(e);
            }
        });
        thread.start();
        thread.join();
        return outcome;
    }

    @Test
    void an_ordinary_user_who_asks_for_nothing_goes_on_without_a_cgroup() throws Exception {
        CgroupPlan plan = CgroupPlan.of(Optional.empty(), Optional.empty(), RUN + "-ordinary", host);
        Object outcome = asOrdinaryUser(() -> {
            Cgroup cgroup = Cgroup.make(linux, plan);
            cgroup.join();
            cgroup.limit();
            cgroup.remove();
            return cgroup.paths();
        }).get();
        assertEquals(CgroupPaths.NONE, outcome);
    }

    @Test
    void an_ordinary_user_who_asks_for_a_limit_is_told_that_it_cannot_be_had() throws Exception {
        needs("pids");
        Resources resources = Resources.EMPTY.withPids(Pids.of(5));
        CgroupPlan plan = CgroupPlan.of(Optional.empty(), Optional.of(resources), RUN + "-ordinary", host);
        KernelException refused = (KernelException) asOrdinaryUser(() -> Cgroup.make(linux, plan)).get();
        assertTrue(refused.is(Errno.EACCES) && refused.getMessage().contains("delegated"), refused.getMessage());
        CgroupPlan path = CgroupPlan.of(Optional.of("/" + RUN + "-ordinary"), Optional.empty(), "unused", host);
        assertTrue(asOrdinaryUser(() -> Cgroup.make(linux, path)).get() instanceof KernelException);
        assertEquals(Set.of(), leftovers("-ordinary"));
    }

    @Test
    void root_who_may_not_make_a_cgroup_is_told_so() {
        CgroupPlan plan = CgroupPlan.of(Optional.empty(), Optional.empty(), RUN + "-denied", host);
        assertFalse(linux.credentials.isOrdinaryUser());
        for (Errno errno : new Errno[] {Errno.EACCES, Errno.EROFS}) {
            kernel.fail(1, errno);
            KernelException refused = assertThrows(KernelException.class, () -> Cgroup.make(watched, plan));
            assertTrue(refused.is(errno), refused.getMessage());
        }
    }
}
