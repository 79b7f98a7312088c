package io.carafe.benchmarks;

import io.carafe.benchmarks.result.Target;
import io.carafe.benchmarks.Arguments.Peer;
import io.carafe.benchmarks.host.CgroupLayout;
import io.carafe.benchmarks.host.Machine;
import io.carafe.benchmarks.host.View;
import io.carafe.benchmarks.process.CProgram;
import io.carafe.benchmarks.process.LaunchException;
import io.carafe.benchmarks.process.Launcher;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.WorkDirectory;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.linux.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The programs that are measured: carafe and its shim, and whoever of their peers is installed. */
final class MeasuredPrograms {

    private static final List<String> PEERS = List.of("crun", "runc");
    private static final List<String> PLACES = List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin");
    private static final String PEER_OF_THE_SHIM = "containerd-shim-runc-v2";

    private final WorkDirectory work;
    private final Launcher launcher;
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final List<OciRuntime> candidates;
    private final List<ContainerdShim> candidateShims;
    private boolean hugetlb;
    private boolean hidden;

    MeasuredPrograms(Arguments arguments, WorkDirectory work, Launcher launcher) {
        this.work = work;
        this.launcher = launcher;
        this.candidates = runtimes(arguments);
        this.candidateShims = shims(arguments);
    }

    /** Whether or not they run anything in this view. */
    List<OciRuntime> candidates() {
        return candidates;
    }

    /** Of all that were admitted. */
    Map<String, String> versions() {
        return versions;
    }

    /** What was hidden for crun is seen again, so that what is left in it can be removed. */
    void showCgroups() {
        if (hidden) {
            View.showUnified();
        }
    }

    /** What was mounted for crun goes, when nothing is left in it. */
    void unmountCgroups() throws IOException {
        if (hugetlb) {
            View.unmountHugetlb();
        }
    }

    private static Optional<Path> installed(String program) {
        return PLACES.stream().map(place -> Path.of(place, program)).filter(Files::isExecutable).findFirst();
    }

    private List<OciRuntime> runtimes(Arguments arguments) {
        List<Peer> peers = new ArrayList<>();
        PEERS.forEach(peer -> installed(peer).ifPresent(binary -> peers.add(new Peer(peer, binary))));
        peers.addAll(arguments.runtimes());
        List<OciRuntime> found = new ArrayList<>();
        arguments.carafe().ifPresent(binary -> found.add(work.runtime(Target.OURS, binary)));
        List<String> names = new ArrayList<>(List.of(Target.OURS, OciRuntime.FLOOR));
        for (Peer peer : peers) {
            String name = peer.name();
            for (int n = 2; names.contains(name); n++) {
                name = peer.name() + "-" + n;
            }
            names.add(name);
            found.add(work.runtime(name, peer.binary()));
        }
        if (CProgram.canBeCompiled() && WorkDirectory.isRoot()) {
            found.add(work.runtime(OciRuntime.FLOOR, CProgram.compile(OciRuntime.FLOOR, work.folder().resolve(OciRuntime.FLOOR))));
        }
        return found;
    }

    private static List<ContainerdShim> shims(Arguments arguments) {
        List<ContainerdShim> found = new ArrayList<>();
        arguments.shim().ifPresent(shim -> arguments.carafe().ifPresent(carafe -> found.add(ContainerdShim.ours(shim, carafe))));
        installed(PEER_OF_THE_SHIM).ifPresent(shim -> installed("runc").ifPresent(runc -> found.add(ContainerdShim.peer(shim, runc))));
        return found;
    }

    /** Those that run a container in this view; the others are named with what they said. */
    List<OciRuntime> admitRuntimes() throws IOException, InterruptedException {
        List<OciRuntime> admitted = new ArrayList<>();
        for (OciRuntime runtime : candidates) {
            String verdict;
            try {
                launcher.time(runtime.version());
                String version = launcher.output().lines().findFirst().orElse("");
                tryToRun(runtime);
                admitted.add(runtime);
                versions.put(runtime.name(), version);
                verdict = version;
            } catch (LaunchException e) {
                verdict = "left out: " + e.why();
            }
            say(runtime.name(), verdict, runtime.binary());
        }
        if (hugetlb) {
            System.out.println("  For crun, hugetlb is a version 1 hierarchy meanwhile, for all: "
                    + "it does not start beside a cgroup2 tree with controllers.");
        } else if (hidden) {
            System.out.println("  For crun, nobody sees the cgroup2 tree: it does not start beside one with controllers, and others use them.");
        }
        work.admit(admitted);
        return admitted;
    }

    private static void say(String name, String verdict, Path binary) {
        System.out.printf("  %-12s %s%n  %-12s %s%n", name, verdict, "", binary);
    }

    private void tryToRun(OciRuntime runtime) throws IOException, InterruptedException {
        String id = work.id(runtime);
        try {
            launcher.time(runtime.run(work.bundle(), id));
        } catch (LaunchException e) {
            boolean hybrid = Machine.layout() == CgroupLayout.HYBRID && e.getMessage().contains("hybrid");
            if (hugetlb || !hybrid || !WorkDirectory.isRoot()) {
                throw e;
            }
            try {
                View.mountHugetlb();
                hugetlb = true;
            } catch (KernelException busy) {
                View.hideUnified();
                hidden = true;
            }
            launcher.time(runtime.run(work.bundle(), id));
        }
    }

    /**
     * Those that can be started, each as a copy of our own: the same file in use elsewhere on this host would share its pages with
     * those whose memory is measured.
     */
    List<ContainerdShim> admitShims() throws IOException {
        List<ContainerdShim> admitted = new ArrayList<>();
        Path copies = Files.createDirectories(work.folder().resolve("bin"));
        for (ContainerdShim installed : candidateShims) {
            ContainerdShim shim = installed.copiedTo(copies);
            String verdict;
            try {
                launcher.time(shim.version());
                verdict = shim.binary().getFileName() + " " + launcher.output().lines().filter(line -> line.contains("Version:"))
                        .map(line -> line.substring(line.indexOf(':') + 1).trim()).findFirst().orElse("") + " with " + shim.runtime().getFileName();
                admitted.add(shim);
                versions.put(shim.isOurs() ? "shim" : shim.name(), verdict);
            } catch (LaunchException e) {
                verdict = "left out: " + e.why();
            }
            say(shim.isOurs() ? "shim" : shim.name(), verdict, installed.binary());
        }
        ContainerdShim.admit(work.folder(), admitted);
        return admitted;
    }
}
