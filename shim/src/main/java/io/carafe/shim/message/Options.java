package io.carafe.shim.message;

import static io.carafe.shim.protobuf.FieldType.BOOL;
import static io.carafe.shim.protobuf.FieldType.TEXT;
import static io.carafe.shim.protobuf.FieldType.UINT32;
import static io.carafe.shim.protobuf.MessageTable.field;

import io.carafe.shim.protobuf.MessageTable;
import java.util.Optional;

/**
 * containerd.runc.v1.Options, which {@code ctr} and containerd's configuration set for a runtime. Those of CRIU are passed over, as
 * nothing is checkpointed.
 *
 * @param ioUid who owns the container's standard streams
 */
public record Options(boolean noPivotRoot, boolean noNewKeyring, String shimCgroup, int ioUid, int ioGid, String binaryName, String root,
        boolean systemdCgroup) {

    public static final String TYPE = "containerd.runc.v1.Options";

    public static final MessageTable<Options> TABLE = MessageTable.of(
            row -> new Options(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            field(1, BOOL, Options::noPivotRoot),
            field(2, BOOL, Options::noNewKeyring),
            field(3, TEXT, Options::shimCgroup),
            field(4, UINT32, Options::ioUid),
            field(5, UINT32, Options::ioGid),
            field(6, TEXT, Options::binaryName),
            field(7, TEXT, Options::root),
            field(9, BOOL, Options::systemdCgroup));

    public static final Options NONE = TABLE.read(new byte[0]);

    /** What a request brought. Options of another type, as containerd's CRI sends them for a runtime it does not know, are none. */
    public static Options of(Optional<Any> any) {
        return any.isPresent() && any.get().is(TYPE) ? TABLE.read(any.get().value()) : NONE;
    }
}
