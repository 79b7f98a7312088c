package io.carafe.runtime.binary.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.Device;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Rlimit;
import io.carafe.spec.process.User;
import io.carafe.spec.resources.Cpu;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Pids;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A bundle that asks for something of every kind, so that all of carafe's steps are among the calls that fail. */
final class Richest {

    /**
     * A script that prints what a program in the container has: a fault that is survived must not add to it. Left out is what has a
     * way around that looks otherwise: device nodes are bound, and cgroups read-only, where they may not be made; and what is masked by the null
     * device has the flags of the mount that it is on then.
     */
    static final String WHAT_IT_HAS = "grep -E '^(Uid|Gid|Groups|Umask|Cap|NoNewPrivs|Seccomp|SigBlk|SigIgn)' /proc/self/status; cat /proc/self/limits "
            + "/proc/self/oom_score_adj /proc/self/uid_map; ls /proc/self/fd; busybox awk '$5 !~ /^\\/(dev\\/[a-z]+$|sys\\/fs\\/cgroup)/ { print $4, $5, $4 == \"/null\" ? \"\" : $6 }' /proc/self/mountinfo; pwd; hostname; env";

    private Richest() {
    }

    /** A call that has succeeded has given the program what it has without a fault, line by line. */
    static void isNoMore(Carafe.Result result, String has) {
        if (result.code() != 0) {
            return;
        }
        List<String> more = new ArrayList<>(result.out().lines().toList());
        has.lines().forEach(more::remove);
        List<String> less = new ArrayList<>(has.lines().toList());
        result.out().lines().forEach(less::remove);
        assertEquals(List.of(), more, () -> "what the program has, where it should have " + less + ";");
        assertEquals(List.of(), less, "what the program lacks");
    }

    static Bundle withHooks(Bundle bundle) {
        List<Hook> hook = List.of(new Hook("/bin/true", List.of("true"), Optional.of(List.of()), OptionalInt.empty()));
        return bundle.config(config -> config.withHooks(new Hooks(hook, hook, hook, hook, hook, hook)));
    }

    static Bundle of(Bundle bundle, Path directory) throws Exception {
        Path volume = Files.createDirectories(directory.resolve("volume"));
        Files.createDirectories(bundle.rootfs().resolve("etc/up"));
        Files.writeString(bundle.rootfs().resolve("etc/up/file"), "x");
        List<IdMapping> ids = List.of(new IdMapping(0, 1000, 10));
        return withHooks(bundle).process(process -> process.withUser(new User(1000, 1000, OptionalInt.of(022), List.of(5L), Optional.empty()))
                .withCwd("/made/cwd").withOomScoreAdj(OptionalInt.of(100)).withRlimits(List.of(new Rlimit("RLIMIT_NOFILE", 1024, 512))))
                .config(config -> {
                    List<Mount> mounts = new ArrayList<>(config.mounts());
                    mounts.add(Mount.of("/etc/up", "tmpfs", "tmpfs", "tmpcopyup"));
                    mounts.add(Mount.of("/mnt/volume", "none", volume.toString(), "rbind", "ro", "nosuid"));
                    mounts.add(new Mount("/mnt/mapped", Optional.of("none"), Optional.of(volume.toString()), List.of("bind"), ids, ids));
                    return config.withMounts(mounts);
                }).linux(linux -> {
                    List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
                    namespaces.removeIf(one -> one.type() == NamespaceType.CGROUP);
                    namespaces.add(Namespace.of(NamespaceType.CGROUP));
                    return linux.withNamespaces(namespaces).withSysctl(Map.of("net.ipv4.ip_forward", "1")).withDevices(List.of(
                            new Device("/dev/x/fuse", Device.Type.CHARACTER, 10, 229, OptionalInt.empty(), OptionalLong.of(1000), OptionalLong.empty())));
                }).resources(resources -> resources.withMemory(Memory.EMPTY.withLimit(64 << 20)).withPids(Pids.of(50))
                        .withCpu(Cpu.EMPTY.withShares(512)));
    }
}
