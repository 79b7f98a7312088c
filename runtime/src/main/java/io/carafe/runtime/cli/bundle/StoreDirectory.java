package io.carafe.runtime.cli.bundle;

import io.carafe.runtime.image.blob.ImageException;
import java.util.function.UnaryOperator;

/** Where the store of layers is when nobody says: where it survives a reboot, since bundles name its directories. */
public final class StoreDirectory {

    private static final String OF_ROOT = "/var/lib";
    private static final String LAYERS = "/carafe/layers";

    private StoreDirectory() {
    }

    /**
     * The directory, which need not be there yet.
     *
     * @param environment the value of a variable, null where there is none
     * @throws ImageException for an ordinary user who has no home
     * @see "Filesystem Hierarchy Standard, /var/lib; XDG Base Directory Specification, XDG_DATA_HOME"
     */
    public static String of(boolean root, UnaryOperator<String> environment) {
        if (root) {
            return OF_ROOT + LAYERS;
        }
        String data = environment.apply("XDG_DATA_HOME");
        if (data != null && data.startsWith("/")) { // a relative one is to be ignored
            return data + LAYERS;
        }
        String home = environment.apply("HOME");
        if (home == null || home.isEmpty()) {
            throw new ImageException("--store: neither XDG_DATA_HOME nor HOME says where layers are to be kept");
        }
        return home + "/.local/share" + LAYERS;
    }
}
