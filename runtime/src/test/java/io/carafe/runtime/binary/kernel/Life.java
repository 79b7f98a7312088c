package io.carafe.runtime.binary.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A container's whole life: run, exec, state, ps, pause, resume, kill, delete. */
final class Life {

    private Life() {
    }

    /** The lives of three: a plain one, one with a volume and hooks, one in a user namespace. @return nothing: a cage wants something */
    static Void all(Carafe carafe, Path directory) throws IOException {
        live(carafe, Bundle.in(directory));
        live(carafe, richer(Bundle.in(directory), directory));
        live(carafe, inUserNamespace(Bundle.in(directory)));
        return null;
    }

    static Bundle richer(Bundle bundle, Path directory) throws IOException {
        Path volume = Files.createDirectories(directory.resolve("volume"));
        Hook hook = new Hook("/bin/true", List.of(), Optional.empty(), OptionalInt.empty());
        return bundle.config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(Mount.of("/vol", "bind", volume.toString(), "rbind", "ro"));
            return config.withMounts(mounts).withHooks(new Hooks(List.of(), List.of(hook), List.of(), List.of(hook), List.of(), List.of()));
        });
    }

    static Bundle inUserNamespace(Bundle bundle) {
        return bundle.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(Namespace.of(NamespaceType.USER));
            List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 1000));
            return linux.withNamespaces(namespaces).withMappings(ids, ids);
        });
    }

    static void live(Carafe carafe, Bundle bundle) {
        String id = bundle.id();
        bundle.args("sh", "-c", "exit 3");
        assertEquals(3, carafe.run(bundle).code(), "run");
        bundle.args("sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), id).succeeds();
        try {
            assertEquals(4, carafe.call("exec", id, "sh", "-c", "exit 4").code(), "exec");
            assertTrue(carafe.call("exec", "--user", "1:1", id, "id").succeeds().out().startsWith("uid=1"));
            assertTrue(carafe.call("state", id).succeeds().out().contains("running"));
            assertTrue(carafe.call("ps", id).succeeds().out().contains("sleep 1000"));
            carafe.call("pause", id).succeeds();
            carafe.call("resume", id).succeeds();
            carafe.call("kill", id, "KILL").succeeds();
        } finally {
            carafe.call("delete", "--force", id).succeeds();
        }
    }
}
