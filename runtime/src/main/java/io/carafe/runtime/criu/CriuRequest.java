package io.carafe.runtime.criu;

import io.carafe.runtime.protobuf.ProtoWriter;

/** criu_req. */
public record CriuRequest(Type type, CriuOptions options) {

    /** criu_req_type. */
    public enum Type {
        DUMP(1), RESTORE(2), PRE_DUMP(4), NOTIFY(6), FEATURE_CHECK(9), VERSION(10);

        final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /** criu_features, which FEATURE_CHECK asks for. */
    private static final int MEM_TRACK = 1;
    private static final int LAZY_PAGES = 2;

    byte[] bytes() {
        ProtoWriter out = new ProtoWriter();
        out.integer(1, type.number);
        switch (type) {
            case FEATURE_CHECK -> out.message(5, features -> {
                features.bool(MEM_TRACK, true);
                features.bool(LAZY_PAGES, true);
            });
            case VERSION -> { }
            default -> out.message(2, options::write);
        }
        return out.toBytes();
    }

    /** What answers a notification. */
    static byte[] notified(boolean success) {
        ProtoWriter out = new ProtoWriter();
        out.integer(1, Type.NOTIFY.number);
        out.bool(3, success);
        return out.toBytes();
    }
}
