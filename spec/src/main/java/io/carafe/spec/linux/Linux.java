package io.carafe.spec.linux;

import io.carafe.spec.resources.Resources;
import io.carafe.spec.seccomp.Seccomp;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Linux section of a configuration.
 *
 * @param sysctl name with dots to value, in the document's order
 * @param namespaces a type that is missing here is inherited from the caller
 * @param netDevices name on the host to what it becomes inside
 * @param timeOffsets name of a clock ({@code monotonic}, {@code boottime}) to its offset
 * @see "runtime-spec config-linux.md"
 */
public record Linux(
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings,
        Map<String, String> sysctl,
        Optional<Resources> resources,
        Optional<String> cgroupsPath,
        List<Namespace> namespaces,
        List<Device> devices,
        Map<String, NetDevice> netDevices,
        Optional<Seccomp> seccomp,
        Optional<RootfsPropagation> rootfsPropagation,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        Optional<String> mountLabel,
        Optional<IntelRdt> intelRdt,
        Optional<MemoryPolicy> memoryPolicy,
        Optional<Personality> personality,
        Map<String, TimeOffset> timeOffsets) {

    /** A section in which nothing is said. */
    public static final Linux EMPTY = new Linux(List.of(), List.of(), Map.of(), Optional.empty(), Optional.empty(), List.of(),
            List.of(), Map.of(), Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.empty(), Optional.empty(),
            Optional.empty(), Optional.empty(), Map.of());

    public Linux {
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
        sysctl = Collections.unmodifiableMap(new LinkedHashMap<>(sysctl));
        namespaces = List.copyOf(namespaces);
        devices = List.copyOf(devices);
        netDevices = Collections.unmodifiableMap(new LinkedHashMap<>(netDevices));
        maskedPaths = List.copyOf(maskedPaths);
        readonlyPaths = List.copyOf(readonlyPaths);
        timeOffsets = Collections.unmodifiableMap(new LinkedHashMap<>(timeOffsets));
    }

    public Linux withMappings(List<IdMapping> uidMappings, List<IdMapping> gidMappings) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withResources(Resources resources) {
        return new Linux(uidMappings, gidMappings, sysctl, Optional.of(resources), cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withCgroupsPath(String cgroupsPath) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, Optional.of(cgroupsPath), namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withNamespaces(List<Namespace> namespaces) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withDevices(List<Device> devices) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withSeccomp(Seccomp seccomp) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, Optional.of(seccomp),
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withPaths(List<String> maskedPaths, List<String> readonlyPaths) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withTimeOffsets(Map<String, TimeOffset> timeOffsets) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withSysctl(Map<String, String> sysctl) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withRootfsPropagation(RootfsPropagation rootfsPropagation) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                Optional.of(rootfsPropagation), maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withMountLabel(String mountLabel) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, Optional.of(mountLabel), intelRdt, memoryPolicy, personality, timeOffsets);
    }

    public Linux withIntelRdt(IntelRdt intelRdt) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, Optional.of(intelRdt), memoryPolicy, personality, timeOffsets);
    }

    public Linux withMemoryPolicy(MemoryPolicy memoryPolicy) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, Optional.of(memoryPolicy), personality, timeOffsets);
    }

    public Linux withPersonality(Personality personality) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, Optional.of(personality), timeOffsets);
    }

    public Linux withNetDevices(Map<String, NetDevice> netDevices) {
        return new Linux(uidMappings, gidMappings, sysctl, resources, cgroupsPath, namespaces, devices, netDevices, seccomp,
                rootfsPropagation, maskedPaths, readonlyPaths, mountLabel, intelRdt, memoryPolicy, personality, timeOffsets);
    }
}
