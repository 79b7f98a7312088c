package io.carafe.runtime.image;

import io.carafe.linux.fuzz.Told;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.User;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An image's config, and behind a line of dashes each its /etc/passwd and /etc/group: what a bundle's config.json is made of. */
public final class ImageFuzzTarget {

    private ImageFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        String[] parts = new String(input, StandardCharsets.UTF_8).split("\n---\n", 3);
        byte[] json = parts[0].getBytes(StandardCharsets.UTF_8);
        ImageConfig image = Told.orNull(() -> ImageConfig.TABLE.read(json, 0, json.length), SpecException.class);
        if (image == null) {
            return;
        }
        byte[] written = ImageConfig.TABLE.compact(image);
        Told.same(image, ImageConfig.TABLE.read(written, 0, written.length));
        User user = Told.orNull(() -> ImageUser.of(image.config().user().orElse(""),
                path -> path.equals("/etc/passwd") ? parts.length > 1 ? parts[1] : "" : parts.length > 2 ? parts[2] : ""),
                ImageException.class);
        if (user == null) {
            return;
        }
        Config config = Told.orNull(() -> BundleConfigPlan.of(image, user, List.of("/a", "/b:c"), DefaultConfig.rootful(), false), ImageException.class);
        if (config != null) {
            Told.same(config, ConfigJson.read(ConfigJson.write(config)));
        }
    }
}
