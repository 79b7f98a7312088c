package io.carafe.runtime.cgroup.systemd.bus;

import io.carafe.linux.fuzz.Told;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What comes from a bus, one message after the other as the client takes them apart; and the address of one. */
public final class BusFuzzTarget {

    private BusFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] stream) {
        byte[] left = stream;
        while (left.length >= BusMessage.FIXED_LENGTH) {
            byte[] now = left;
            Integer length = Told.orNull(() -> BusMessage.lengthOf(now), BusException.class);
            if (length == null || length > left.length) {
                break;
            }
            BusMessage message = Told.orNull(() -> BusMessage.parse(Arrays.copyOf(now, length)), BusException.class);
            if (message != null) {
                message.isSignal("JobRemoved");
            }
            left = Arrays.copyOfRange(left, length, left.length);
        }
        BusAddress.first(new String(stream, StandardCharsets.UTF_8));
    }
}
