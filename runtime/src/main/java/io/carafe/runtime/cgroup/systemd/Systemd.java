package io.carafe.runtime.cgroup.systemd;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.cgroup.systemd.bus.Bus;
import io.carafe.runtime.cgroup.systemd.bus.BusAddress;
import io.carafe.runtime.cgroup.systemd.bus.BusException;
import io.carafe.runtime.cgroup.systemd.bus.BusName;
import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The systemd that keeps the caller's cgroups: the machine's for root, an ordinary user's own for whom it is one. Over D-Bus.
 *
 * @see "org.freedesktop.systemd1(5)"
 */
public final class Systemd implements AutoCloseable {

    private static final BusName MANAGER =
            new BusName("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager");
    private static final String ERROR = "org.freedesktop.systemd1.";
    private static final String JOB_REMOVED = "JobRemoved";
    /** The place of a job and of its result in JobRemoved's body. */
    private static final int JOB = 1;
    private static final int RESULT = 3;

    private final Bus bus;
    private final boolean isUsers;
    private boolean followsJobs;

    private Systemd(Bus bus, boolean isUsers) {
        this.bus = bus;
        this.isUsers = isUsers;
    }

    /** The caller owns the result. @throws BusException when no systemd is there, or does not answer */
    public static Systemd connect(Linux linux) {
        boolean isUsers = linux.credentials.isOrdinaryUser();
        if (linux.paths.statxIfPresent(Fd.CWD, "/run/systemd/system", 0).isEmpty()) { // sd_booted(3)
            throw new BusException("--systemd-cgroup: no systemd runs on this host");
        }
        UnaryOperator<String> environment = name -> CallerStrings.of(linux.kernel).variable(name).orElse("");
        return new Systemd(Bus.connect(linux, isUsers ? BusAddress.user(environment, linux.credentials.geteuid())
                : BusAddress.system(environment)), isUsers);
    }

    /** Stops the scope of a container that is deleted. Where nobody can be asked any more it ends by itself: it is empty. */
    public static void stop(Linux linux, Optional<String> scope) {
        if (scope.isEmpty()) {
            return;
        }
        try (Systemd systemd = connect(linux)) {
            systemd.stop(scope.get());
        } catch (BusException e) {
            if (e.isAnswer()) {
                throw e;
            }
        }
    }

    /** Who answers. */
    public SystemdHost host() {
        return SystemdHost.of(isUsers, bus.property(MANAGER, "ControlGroup"), bus.property(MANAGER, "Version"));
    }

    /**
     * Starts the scope with a process in it, and returns when the process has been moved.
     *
     * @throws BusException when systemd refuses a property, or has a unit of that name
     */
    public void start(ScopePlan plan, int pid) {
        List<UnitProperty> properties = new ArrayList<>(plan.properties());
        properties.add(new UnitProperty("PIDs", BusValue.array("u", List.of(BusValue.uint32(pid)))));
        BusValue[] arguments = {BusValue.text(plan.unit()), BusValue.text("fail"), UnitProperty.array(properties),
            BusValue.array("(sa(sv))", List.of())};
        followJobs();
        String job;
        try {
            job = bus.call(MANAGER, "StartTransientUnit", arguments).get(0);
        } catch (BusException e) {
            if (!e.is(ERROR + "UnitExists")) {
                throw e;
            }
            // It may be one that failed, of which nothing is left but the name.
            resetFailed(plan.unit());
            job = bus.call(MANAGER, "StartTransientUnit", arguments).get(0);
        }
        try (Undo undo = new Undo()) {
            undo.onFailure(() -> stop(plan.unit()));
            String result = await(job);
            if (!result.equals("done")) {
                throw new BusException("systemd did not start " + plan.unit() + ": " + result);
            }
            undo.keep();
        }
    }

    /** Stops a scope whose processes have ended. Fine when there is none of that name. */
    public void stop(String unit) {
        followJobs();
        try {
            await(bus.call(MANAGER, "StopUnit", BusValue.text(unit), BusValue.text("replace")).get(0));
        } catch (BusException e) {
            if (!e.is(ERROR + "NoSuchUnit")) {
                throw e;
            }
        }
        resetFailed(unit);
    }

    /** Changes properties until the unit ends. */
    public void set(String unit, List<UnitProperty> properties) {
        if (!properties.isEmpty()) {
            bus.call(MANAGER, "SetUnitProperties", BusValue.text(unit), BusValue.bool(true), UnitProperty.array(properties));
        }
    }

    /** Moves a process into a unit's cgroup: for one that may not write to the files of all cgroups on the way (systemd 238). */
    public void attach(String unit, int pid) {
        bus.call(MANAGER, "AttachProcessesToUnit", BusValue.text(unit), BusValue.text("/"), BusValue.array("u", List.of(BusValue.uint32(pid))));
    }

    private void followJobs() {
        if (!followsJobs) {
            bus.match(MANAGER, JOB_REMOVED);
            bus.call(MANAGER, "Subscribe");
            followsJobs = true;
        }
    }

    private String await(String job) {
        return bus.await(JOB_REMOVED, body -> body.size() > RESULT && body.get(JOB).equals(job)).get(RESULT);
    }

    private void resetFailed(String unit) {
        try {
            bus.call(MANAGER, "ResetFailedUnit", BusValue.text(unit));
        } catch (BusException e) {
            if (!e.is(ERROR + "NoSuchUnit")) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        bus.close();
    }
}
