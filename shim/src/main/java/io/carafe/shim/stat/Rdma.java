package io.carafe.shim.stat;

import io.carafe.runtime.protobuf.ProtoWriter;
import java.util.List;

/** RdmaStat, which is the same in both messages: what devices have for remote direct memory access. */
final class Rdma {

    /** The fields 2 and 3 of RdmaEntry. */
    private static final List<String> RESOURCES = List.of("hca_handle", "hca_object");
    private static final int FIRST_RESOURCE = 2;
    private static final long NO_LIMIT = 0xffffffffL;

    private Rdma() {
    }

    static void write(ProtoWriter out, int number, ControlFiles files) {
        out.message(number, rdma -> {
            entries(rdma, 1, files.text("rdma.current"));
            entries(rdma, 2, files.text("rdma.max"));
        });
    }

    /** {@code mlx4_0 hca_handle=2 hca_object=max} a line. */
    private static void entries(ProtoWriter out, int number, String text) {
        for (String line : text.split("\n")) {
            List<String> words = ControlFiles.words(line);
            if (words.size() > 1) {
                out.message(number, entry -> {
                    entry.text(1, words.get(0));
                    for (String pair : words.subList(1, words.size())) {
                        int equals = pair.indexOf('=');
                        int place = RESOURCES.indexOf(pair.substring(0, Math.max(0, equals)));
                        if (place >= 0) {
                            String value = pair.substring(equals + 1);
                            entry.integer(FIRST_RESOURCE + place, value.equals("max") ? NO_LIMIT : Long.parseLong(value));
                        }
                    }
                });
            }
        }
    }
}
