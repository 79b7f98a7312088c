package io.carafe.runtime.rootfs.restore;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.Rootfs;
import io.carafe.runtime.rootfs.path.ContainerPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes a {@link RestoredTreePlan} true: in CRIU's process, before that is CRIU, in its own mount namespace.
 *
 * @param root where the root is mounted, as that process sees it
 * @param places of the plan's binds in their order: where they lie when links are followed
 */
public record RestoredTree(String root, List<String> places) {

    public static RestoredTree make(Linux linux, RestoredTreePlan plan) {
        try (Rootfs rootfs = Rootfs.of(linux, plan.preparation())) {
            rootfs.mount();
            String root = linux.paths.readlinkat(Fd.CWD, rootfs.root().directory().path());
            List<String> places = new ArrayList<>();
            for (RestoredTreePlan.External bind : plan.binds()) {
                Optional<ContainerPath> place = bind.inRoot() ? rootfs.placeOf(bind.at()) : Optional.empty();
                places.add(place.orElse(bind.at()).text());
            }
            for (int i = plan.passing().size() - 1; i >= 0; i--) {
                rootfs.unmount(plan.passing().get(i));
            }
            return new RestoredTree(root, places);
        }
    }

    /** For the parent: no path has a NUL. */
    public byte[] bytes() {
        return (root + '\0' + String.join("\0", places)).getBytes(StandardCharsets.UTF_8);
    }

    public static RestoredTree of(byte[] bytes) {
        List<String> texts = List.of(new String(bytes, StandardCharsets.UTF_8).split("\0", -1));
        return new RestoredTree(texts.get(0), texts.subList(1, texts.size()));
    }
}
