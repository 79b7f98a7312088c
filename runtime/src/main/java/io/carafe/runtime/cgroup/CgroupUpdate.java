package io.carafe.runtime.cgroup;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.device.DeviceChange;
import io.carafe.runtime.cgroup.device.DeviceFilter;
import io.carafe.runtime.cgroup.device.DeviceProgram;
import io.carafe.runtime.cgroup.device.DeviceRules;
import io.carafe.runtime.cgroup.limit.HugePages;
import io.carafe.spec.resources.Resources;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Changes the limits of a cgroup that is in use: all that are asked for, or none. */
public final class CgroupUpdate {

    private final Linux linux;
    private final CgroupPaths paths;

    public CgroupUpdate(Linux linux, CgroupPaths paths) {
        this.linux = linux;
        this.paths = paths;
    }

    /**
     * Writes new limits; what is not asked for stays.
     *
     * @throws io.carafe.spec.json.SpecException for a limit that this cgroup cannot have
     * @throws KernelException with the property's name in front, EBUSY for a memory limit below what cannot be given back. The limits
     *     are the old ones again then
     * @return what was written: {@link CgroupPlan#controls}
     */
    public Map<String, List<String>> to(Resources asked) {
        UpdatePlan plan = UpdatePlan.of(asked, paths, now(asked));
        try (Undo undo = new Undo()) {
            List<UpdatePlan.Change> again = new ArrayList<>();
            for (UpdatePlan.Change planned : plan.changes()) {
                UpdatePlan.Change change = present(planned);
                if (!write(change, undo)) {
                    again.add(change);
                }
            }
            for (UpdatePlan.Change change : again) {
                if (!write(change, undo)) {
                    throw failure(change);
                }
            }
            plan.devices().ifPresent(this::devices);
            undo.keep();
        }
        Map<String, List<String>> controls = new LinkedHashMap<>();
        plan.changes().forEach(change -> controls.put(change.write().file(), change.write().texts()));
        return controls;
    }

    /** On v2 the new program takes the old one's place at once; on v1 what is new is allowed before what is gone is denied. */
    private void devices(DeviceRules rules) {
        Optional<String> v1 = paths.v1With("devices");
        try {
            if (v1.isPresent()) {
                for (DeviceChange change : DeviceChange.between(linux.files.readText(Fd.CWD, v1.get() + "/devices.list"), rules)) {
                    linux.files.writeText(Fd.CWD, v1.get() + "/" + change.file(), change.text());
                }
                return;
            }
            try (Fd directory = linux.files.open(paths.unified().orElseThrow(), O_RDONLY | O_DIRECTORY)) {
                new DeviceFilter(linux, directory).replace(rules.allowEverything() ? Optional.empty() : Optional.of(DeviceProgram.of(rules)));
            }
        } catch (KernelException e) {
            // As at create: who owns a cgroup by delegation owns no device rules.
            if (!CgroupDirectories.isDeniedToOrdinaryUser(linux, e)) {
                throw e.during("linux.resources.devices").hint(Errno.EPERM, "needs CAP_BPF and CAP_SYS_ADMIN");
            }
        }
    }

    /** The one of the alternatives whose file there is, else the last. */
    private UpdatePlan.Change present(UpdatePlan.Change planned) {
        UpdatePlan.Change change = planned;
        while (change.write().otherwise().isPresent() && linux.paths.statxIfPresent(Fd.CWD, change.path(), 0).isEmpty()) {
            change = new UpdatePlan.Change(change.directory(), change.write().otherwise().get());
        }
        return change;
    }

    /**
     * One control bounds another: memory may not exceed memory and swap, quota by period not that of the cgroup above, burst not the
     * quota. Which has to go first depends on the old values, so what the kernel refuses with EINVAL is written again after the rest.
     *
     * @return false for EINVAL
     */
    private boolean write(UpdatePlan.Change change, Undo undo) {
        List<String> before = before(change);
        undo.onFailure(() -> restore(change, before));
        try {
            CgroupDirectories.write(linux, change.directory(), change.write());
            return true;
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) {
                throw e.hint(Errno.EBUSY, "the container uses more already");
            }
            return false;
        }
    }

    private KernelException failure(UpdatePlan.Change change) {
        return new KernelException(change.write().property() + ": write \"" + String.join("\\n", change.write().texts()) + "\" to "
                + change.path(), Errno.EINVAL)
                .hint(Errno.EINVAL, change.write().file().startsWith("memory.") ? "memory.limit may not exceed memory.swap, which is the sum "
                        + "of both: change them together" : "out of the range that the kernel and the cgroup above allow");
    }

    /** What is to be written to have the old limits: the lines of the file, or of one with a line a device those of the devices written. */
    private List<String> before(UpdatePlan.Change change) {
        Optional<String> text = linux.files.readIfPresent(Fd.CWD, change.path());
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        for (String line : text.get().split("\n")) {
            if (!line.isBlank()) {
                lines.add(line.strip());
            }
        }
        if (!change.write().texts().get(0).contains(":")) {
            // The files of one value; and memory.oom_control, which reads as more than can be written.
            return change.write().file().equals("memory.oom_control") ? List.of("0") : lines;
        }
        Set<String> devices = new HashSet<>();
        lines.forEach(line -> devices.add(line.substring(0, line.indexOf(' ') + 1)));
        for (String written : change.write().texts()) {
            String device = written.substring(0, written.indexOf(' ') + 1);
            if (devices.add(device)) {
                lines.add(device + unlimited(change.write().file()));
            }
        }
        return lines;
    }

    private static String unlimited(String file) {
        return file.equals("io.max") ? "rbps=max wbps=max riops=max wiops=max" : file.contains("weight") ? "default" : "0";
    }

    private void restore(UpdatePlan.Change change, List<String> before) {
        for (String text : before) {
            linux.files.writeText(Fd.CWD, change.path(), text);
        }
    }

    private UpdatePlan.Now now(Resources asked) {
        Optional<String> memory = paths.v1With("memory");
        Optional<String> unified = paths.unified();
        List<String> hugePages = HugePages.isAskedBy(Optional.of(asked))
                ? new Hierarchies(List.of(), Optional.empty()).withHugePages(linux).hugePages() : List.of();
        return new UpdatePlan.Now(Hierarchies.words(read(unified, "cgroup.controllers")), hugePages,
                memory.isPresent() ? read(memory, "memory.limit_in_bytes") : read(unified, "memory.max"),
                memory.isPresent() ? read(memory, "memory.usage_in_bytes") : read(unified, "memory.current"), read(unified, "cpu.max"));
    }

    private String read(Optional<String> directory, String file) {
        return directory.flatMap(path -> linux.files.readIfPresent(Fd.CWD, path + "/" + file)).orElse("").strip();
    }
}
