package io.carafe.runtime.container.resources;

import io.carafe.spec.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/** The counters of a network namespace's interfaces: /proc/PID/net/dev (proc_pid_net(5)). */
final class NetworkInterfaces {

    /** A key of the output, and its column: eight of receiving, then eight of sending. */
    private enum Column {
        RX_BYTES("RxBytes", 0), RX_PACKETS("RxPackets", 1), RX_ERRORS("RxErrors", 2), RX_DROPPED("RxDropped", 3),
        TX_BYTES("TxBytes", 8), TX_PACKETS("TxPackets", 9), TX_ERRORS("TxErrors", 10), TX_DROPPED("TxDropped", 11);

        private final String key;
        private final int place;

        Column(String key, int place) {
            this.key = key;
            this.place = place;
        }
    }

    private NetworkInterfaces() {
    }

    static void write(JsonWriter out, String text) {
        out.name("network_interfaces");
        out.beginArray();
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue; // the two lines of the head
            }
            List<String> numbers = new ArrayList<>();
            for (String word : line.substring(colon + 1).split(" ")) {
                if (!word.isEmpty()) {
                    numbers.add(word);
                }
            }
            out.beginObject();
            out.name("Name");
            out.text(line.substring(0, colon).strip());
            for (Column column : Column.values()) {
                out.name(column.key);
                out.integer(numbers.get(column.place));
            }
            out.endObject();
        }
        out.endArray();
    }
}
