package io.carafe.runtime.image.layer;

/** Overlayfs' mark on a directory that hides those below it: one of these attributes, with the value {@code y}. */
final class OpaqueMarker {

    static final String TRUSTED = "trusted.overlay.opaque";
    /** For mounts with the option userxattr (Linux 5.11). */
    static final String USER = "user.overlay.opaque";

    private static final String TRUSTED_MARKS = "trusted.overlay.";
    private static final String USER_MARKS = "user.overlay.";

    private OpaqueMarker() {
    }

    /** Whether an attribute is overlayfs' own, such as this one; overlay.redirect makes it look into other directories. */
    static boolean isMark(String attribute) {
        return attribute.startsWith(TRUSTED_MARKS) || attribute.startsWith(USER_MARKS);
    }
}
