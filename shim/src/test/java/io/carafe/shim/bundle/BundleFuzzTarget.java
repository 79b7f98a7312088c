package io.carafe.shim.bundle;

import io.carafe.linux.fuzz.Told;
import io.carafe.spec.json.SpecException;

/** A config.json as the shim reads it. */
public final class BundleFuzzTarget {

    private BundleFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] json) {
        BundleConfig config = Told.orNull(() -> BundleConfig.parse(json), SpecException.class);
        if (config != null) {
            config.makes("pid");
            config.names("mount");
            config.rootPath();
        }
    }
}
