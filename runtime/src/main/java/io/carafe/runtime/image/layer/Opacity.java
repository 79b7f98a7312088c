package io.carafe.runtime.image.layer;

/** Overlayfs' mark on a directory that hides those below it: one of these attributes, with the value {@code y}. */
final class Opacity {

    static final String TRUSTED = "trusted.overlay.opaque";
    /** For mounts with the option userxattr (Linux 5.11). */
    static final String USER = "user.overlay.opaque";

    private Opacity() {
    }
}
