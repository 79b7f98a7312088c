package io.carafe.conmon.log;

import java.nio.charset.StandardCharsets;

/** A file of tzdata, or a rule: both are of the host, and neither may end a monitor. */
public final class ZoneFuzzTarget {

    private ZoneFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        ZoneFile.offsetAt(input, 1_800_000_000L);
        PosixZone.parse(new String(input, StandardCharsets.US_ASCII)).ifPresent(zone -> zone.offsetAt(1_800_000_000L));
    }
}
