package io.carafe.runtime.rootfs.mount;

import io.carafe.runtime.rootfs.path.HostPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An overlay with a list of layers that is longer than the page of mount(2), made to fit: its layers named from a directory that they share.
 *
 * <p>Snapshotters keep their layers as {@code …/snapshots/N/fs}. All kernels take that; {@code lowerdir+} for each layer is Linux 6.8.
 *
 * @param directory where the names are looked up
 */
record SharedLayers(HostPath directory, MountOptions options) {

    private static final String LOWERDIR = "lowerdir=";

    /** @return empty for what fits as it is, or does not so either; with escapes and data-only layers in the list as well */
    static Optional<SharedLayers> of(String type, MountOptions options) {
        if (!options.isLongerThanAPage(type)) {
            return Optional.empty();
        }
        List<String> data = new ArrayList<>();
        String directory = "";
        for (String word : options.data()) {
            if (!word.startsWith(LOWERDIR)) {
                data.add(word);
                continue;
            }
            String list = word.substring(LOWERDIR.length());
            directory = shared(list.split(":", -1));
            if (directory.isEmpty() || list.indexOf('\\') >= 0 || list.contains("::")) {
                return Optional.empty();
            }
            data.add(LOWERDIR + relative(list, directory));
        }
        MountOptions fitting = options.withData(data);
        return directory.isEmpty() || fitting.isLongerThanAPage(type) ? Optional.empty()
                : Optional.of(new SharedLayers(new HostPath(directory), fitting));
    }

    /** The longest directory, with a slash at its end, that all are below; empty where it is the root. */
    private static String shared(String[] layers) {
        String shared = layers[0].substring(0, layers[0].lastIndexOf('/') + 1);
        for (String layer : layers) {
            while (!layer.startsWith(shared) || layer.length() == shared.length()) {
                shared = shared.substring(0, shared.lastIndexOf('/', shared.length() - 2) + 1);
                if (shared.length() <= 1) {
                    return "";
                }
            }
        }
        return shared.length() <= 1 ? "" : shared;
    }

    private static String relative(String list, String directory) {
        StringBuilder names = new StringBuilder(list.length());
        for (String layer : list.split(":")) {
            names.append(names.length() == 0 ? "" : ":").append(layer, directory.length(), layer.length());
        }
        return names.toString();
    }
}
