package io.carafe.shim.sandbox;

import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.fuzz.Told;
import io.carafe.runtime.protobuf.ProtobufException;
import io.carafe.shim.message.Any;
import io.carafe.shim.sandbox.message.PodConfig;
import io.carafe.shim.sandbox.message.SandboxRequests.Create;
import io.carafe.spec.json.SpecException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Bytes as what a sandbox is made by, and as the config.json of a container in it: what has the pod's mounts gets none twice. */
public final class SandboxFuzzTarget {

    private static final PodFiles FILES = new PodFiles(Linux.over(Door.open()), "/b");

    private SandboxFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        Told.orNull(() -> plan(Create.TABLE.read(bytes)), ProtobufException.class, SpecException.class, IllegalArgumentException.class);
        Told.orNull(() -> plan(new Create("pod", "/b", List.of(), Optional.of(new Any(PodConfig.TYPE, bytes)), "", List.of())),
                ProtobufException.class, SpecException.class, IllegalArgumentException.class);
        Told.orNull(() -> SandboxPlan.of(new Create("pod", "/b", List.of(), Optional.empty(), "", List.of()), Optional.of(SandboxConfig.parse(bytes))),
                SpecException.class, IllegalArgumentException.class);
        byte[] once = PodMounts.add(bytes, FILES, true, "/proc/7/ns/ipc");
        if (!Arrays.equals(once, PodMounts.add(once, FILES, true, "/proc/7/ns/ipc"))) {
            throw new AssertionError("added again");
        }
    }

    private static SandboxPlan plan(Create request) {
        return SandboxPlan.of(request, Optional.empty());
    }
}
