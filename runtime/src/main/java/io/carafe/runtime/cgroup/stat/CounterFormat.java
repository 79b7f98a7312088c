package io.carafe.runtime.cgroup.stat;

import io.carafe.spec.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/** How the text of a control file becomes JSON. */
enum CounterFormat {
    /** One number; {@code max} is the largest. */
    NUMBER {
        @Override
        void write(JsonWriter out, String text) {
            out.integer(text.equals("max") ? MAX : text);
        }
    },
    /** The same, where {@code max} is no limit and left out. */
    LIMIT {
        @Override
        boolean isThere(String text) {
            return !text.equals("max");
        }

        @Override
        void write(JsonWriter out, String text) {
            out.integer(text);
        }
    },
    /** Numbers with blanks between them. */
    NUMBERS {
        @Override
        void write(JsonWriter out, String text) {
            out.beginArray();
            words(text).forEach(out::integer);
            out.endArray();
        }
    },
    /** {@code 0-3,7} */
    RANGES {
        @Override
        void write(JsonWriter out, String text) {
            out.beginArray();
            for (String range : text.split(",")) {
                int dash = range.indexOf('-');
                int last = Integer.parseInt(range.substring(dash + 1));
                for (int i = dash < 0 ? last : Integer.parseInt(range.substring(0, dash)); i <= last; i++) {
                    out.integer(Integer.toString(i));
                }
            }
            out.endArray();
        }
    },
    /** A name and a number a line. */
    TABLE {
        @Override
        void write(JsonWriter out, String text) {
            out.beginObject();
            for (String line : text.split("\n")) {
                List<String> words = words(line);
                if (words.size() == 2) {
                    out.name(words.get(0));
                    out.integer(words.get(1));
                }
            }
            out.endObject();
        }
    },
    /** Pressure stall information: {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=0}. */
    PRESSURE {
        @Override
        void write(JsonWriter out, String text) {
            out.beginObject();
            for (String line : text.split("\n")) {
                List<String> words = words(line);
                out.name(words.get(0));
                out.beginObject();
                for (String pair : words.subList(1, words.size())) {
                    out.name(pair.substring(0, pair.indexOf('=')));
                    out.integer(pair.substring(pair.indexOf('=') + 1));
                }
                out.endObject();
            }
            out.endObject();
        }
    },
    /** {@code 8:0 Read 1024} of v1; {@code 8:0 rbytes=1024 rios=2} of v2. */
    BYTES_OF_DEVICES {
        @Override
        void write(JsonWriter out, String text) {
            devices(out, text, "bytes=");
        }
    },
    OPERATIONS_OF_DEVICES {
        @Override
        void write(JsonWriter out, String text) {
            devices(out, text, "ios=");
        }
    };

    private static final String MAX = "18446744073709551615";

    abstract void write(JsonWriter out, String text);

    boolean isThere(String text) {
        return true;
    }

    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split("[ \n]")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    private static void devices(JsonWriter out, String text, String unit) {
        out.beginArray();
        for (String line : text.split("\n")) {
            List<String> words = words(line);
            if (words.isEmpty() || words.get(0).indexOf(':') < 0) {
                continue; // v1 ends with a line of the sum
            }
            if (words.size() == 3 && words.get(1).indexOf('=') < 0) {
                entry(out, words.get(0), words.get(1), words.get(2));
                continue;
            }
            for (String pair : words.subList(1, words.size())) {
                if (pair.startsWith(unit, 1)) {
                    entry(out, words.get(0), operation(pair.charAt(0)), pair.substring(1 + unit.length()));
                }
            }
        }
        out.endArray();
    }

    private static String operation(char letter) {
        return letter == 'r' ? "Read" : letter == 'w' ? "Write" : "Discard";
    }

    private static void entry(JsonWriter out, String device, String operation, String value) {
        int colon = device.indexOf(':');
        out.beginObject();
        out.name("major");
        out.integer(device.substring(0, colon));
        out.name("minor");
        out.integer(device.substring(colon + 1));
        out.name("op");
        out.text(operation);
        out.name("value");
        out.integer(value);
        out.endObject();
    }
}
