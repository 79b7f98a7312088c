package io.carafe.runtime.criu;

import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.INT32;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.linux.Errno;
import io.carafe.runtime.protobuf.MessageTable;
import java.util.Optional;

/**
 * criu_resp.
 *
 * @param type of the request that it answers; NOTIFY for what CRIU tells in between
 * @param errno of what failed, where it knows one
 */
public record CriuResponse(int type, boolean success, Optional<Restored> restored, Optional<Notification> notification, int errno,
        Optional<Features> features, String complaint, Optional<Version> version) {

    /** criu_restore_resp. @param pid of the first process, as this process sees it */
    public record Restored(int pid) {
        static final MessageTable<Restored> TABLE = MessageTable.of(row -> new Restored(row.<Integer>next()), field(1, INT32, Restored::pid));
    }

    /** criu_notify. @param script {@code post-restore} and the like @param pid of the first process, where it is born by now; else 0 */
    public record Notification(String script, int pid) {
        static final MessageTable<Notification> TABLE = MessageTable.of(row -> new Notification(row.next(), row.<Integer>next()),
                field(1, TEXT, Notification::script),
                field(2, INT32, Notification::pid));
    }

    /** criu_features. */
    public record Features(boolean memTrack, boolean lazyPages) {
        static final MessageTable<Features> TABLE = MessageTable.of(row -> new Features(row.<Boolean>next(), row.<Boolean>next()),
                field(1, BOOL, Features::memTrack),
                field(2, BOOL, Features::lazyPages));
    }

    /** criu_version. */
    public record Version(int major, int minor, int sublevel) {
        static final MessageTable<Version> TABLE = MessageTable.of(row -> new Version(row.<Integer>next(), row.<Integer>next(), row.<Integer>next()),
                field(1, INT32, Version::major),
                field(2, INT32, Version::minor),
                field(4, INT32, Version::sublevel));

        public boolean isAtLeast(int major, int minor) {
            return this.major > major || this.major == major && this.minor >= minor;
        }

        @Override
        public String toString() {
            return major + "." + minor + (sublevel == 0 ? "" : "." + sublevel);
        }
    }

    /** @throws CriuException it is the answer of a request that failed */
    public void requireSuccess() {
        if (!success) {
            throw new CriuException("CRIU failed" + (errno == 0 ? "" : ": " + Errno.of(errno).text));
        }
    }

    static final MessageTable<CriuResponse> TABLE = MessageTable.of(
            row -> new CriuResponse(row.<Integer>next(), row.<Boolean>next(), row.next(), row.next(), row.<Integer>next(), row.next(), row.next(), row.next()),
            field(1, INT32, CriuResponse::type),
            field(2, BOOL, CriuResponse::success),
            field(4, message(Restored.TABLE), CriuResponse::restored),
            field(5, message(Notification.TABLE), CriuResponse::notification),
            field(7, INT32, CriuResponse::errno),
            field(8, message(Features.TABLE), CriuResponse::features),
            field(9, TEXT, CriuResponse::complaint),
            field(10, message(Version.TABLE), CriuResponse::version));

    boolean isNotification() {
        return type == CriuRequest.Type.NOTIFY.number;
    }
}
