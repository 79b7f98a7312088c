package io.carafe.shim.message;

import io.carafe.linux.fuzz.Told;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.runtime.protobuf.ProtobufException;
import java.util.Arrays;
import java.util.List;

/** Bytes as each of the messages that are read: what is written of one reads as the same, and is written the same. */
public final class MessageFuzzTarget {

    private static final List<MessageTable<?>> TABLES = List.of(CreateTask.TABLE, CreateTask.Mount.TABLE, Any.TABLE, ExecProcess.TABLE, Options.TABLE,
            ProcessId.TABLE, Timestamp.TABLE, Requests.Kill.TABLE, Requests.CloseIO.TABLE, Requests.ResizePty.TABLE, Requests.UpdateTask.TABLE,
            Requests.Shutdown.TABLE);

    private MessageFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        TABLES.forEach(table -> again(table, bytes));
    }

    private static <R> void again(MessageTable<R> table, byte[] bytes) {
        R message = Told.orNull(() -> table.read(bytes), ProtobufException.class, IllegalArgumentException.class);
        if (message != null) {
            byte[] written = table.write(message);
            if (!Arrays.equals(written, table.write(table.read(written)))) {
                throw new AssertionError("not the same after it was written and read: " + message);
            }
        }
    }
}
