package io.carafe.runtime.rootfs.layer;

import io.carafe.runtime.rootfs.path.HostPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An overlay with a list of layers that is longer than the page of mount(2), made to fit: its layers named from a directory that they share.
 *
 * <p>Snapshotters keep their layers as {@code …/snapshots/N/fs}. All kernels take that; {@code lowerdir+} for each layer is Linux 6.8.
 *
 * @param directory where the names are looked up
 * @param data the file system's own words
 */
public record SharedLayers(HostPath directory, List<String> data) {

    private static final String LOWERDIR = "lowerdir=";
    /** Of the data of mount(2), in bytes. */
    private static final int PAGE = 4095;

    public SharedLayers {
        data = List.copyOf(data);
    }

    /** Whether the page that mount(2) takes is too short for these words. */
    public static boolean isLongerThanAPage(List<String> data) {
        int bytes = 0;
        for (String word : data) {
            bytes += word.getBytes(StandardCharsets.UTF_8).length + 1;
        }
        return bytes > PAGE;
    }

    /** @return empty for what fits as it is, or does not so either; with escapes and data-only layers in the list as well */
    public static Optional<SharedLayers> of(String type, List<String> data) {
        if (!type.equals("overlay") || !isLongerThanAPage(data)) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        String directory = "";
        for (String word : data) {
            if (!word.startsWith(LOWERDIR)) {
                words.add(word);
                continue;
            }
            String list = word.substring(LOWERDIR.length());
            directory = shared(list.split(":", -1));
            if (directory.isEmpty() || list.indexOf('\\') >= 0 || list.contains("::")) {
                return Optional.empty();
            }
            words.add(LOWERDIR + relative(list, directory));
        }
        return directory.isEmpty() || isLongerThanAPage(words) ? Optional.empty() : Optional.of(new SharedLayers(new HostPath(directory), words));
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
