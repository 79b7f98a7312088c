package io.carafe.spec.codec;

import io.carafe.spec.OciVersion;
import io.carafe.spec.json.Excerpt;
import io.carafe.spec.table.TextType;

/** A version; in a config.json one that this library understands, in state and features any. */
final class VersionType extends TextType<OciVersion> {

    static final VersionType ANY = new VersionType(false);
    static final VersionType UNDERSTOOD = new VersionType(true);

    private final boolean understood;

    private VersionType(boolean understood) {
        this.understood = understood;
    }

    @Override
    public String form() {
        return understood ? "a version from " + OciVersion.MINIMUM + " on and below " + (OciVersion.CURRENT.major() + 1) + ".0.0" : "a version";
    }

    @Override
    protected OciVersion parse(String text) {
        OciVersion version = OciVersion.parse(text);
        if (understood && !version.isUnderstood()) {
            throw new IllegalArgumentException("expected a version from " + OciVersion.MINIMUM + " on and below "
                    + (OciVersion.CURRENT.major() + 1) + ".0.0, found " + Excerpt.quoted(text));
        }
        return version;
    }

    @Override
    protected String text(OciVersion version) {
        return version.text();
    }
}
