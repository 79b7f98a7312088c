package io.carafe.shim.action;

import static io.carafe.runtime.protobuf.FieldType.INT32;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.FieldType.messages;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.runtime.protobuf.ProtobufException;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.Options;
import io.carafe.shim.name.AbsolutePath;
import java.util.List;
import java.util.Optional;

/**
 * What containerd writes to an action: the runtime's options, or nothing; since 2.3, to {@code start}, a
 * containerd.runtime.bootstrap.v1.BootstrapParams, which has the options among its extensions. Of those, unknown ones are passed over.
 *
 * @param logLevel 0 is info; what is more critical is positive, and what is more verbose is negative
 * @param binary containerd's own, which takes events where no service does
 * @param socketDirectory where the shim is to listen; empty: where it likes
 */
record Bootstrap(String id, String namespace, int logLevel, String events, String address, String binary, List<Bootstrap.Extension> extensions,
        String socketDirectory) {

    static final int DEBUG = -4;
    static final int WARN = 4;

    private static final int MOST = 4 << 20;
    /** Of a socket's path with a name of 64 digits and a slash (unix(7): 108 with the NUL). */
    private static final int LONGEST_DIRECTORY = 107 - 65;

    /** An Any in a message of its own. */
    record Extension(Optional<Any> value) {
        static final MessageTable<Extension> TABLE = MessageTable.of(row -> new Extension(row.next()),
                field(1, message(Any.TABLE), Extension::value));
    }

    static final MessageTable<Bootstrap> TABLE = MessageTable.of(
            row -> new Bootstrap(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            field(1, TEXT, Bootstrap::id),
            field(2, TEXT, Bootstrap::namespace),
            field(3, INT32, Bootstrap::logLevel),
            field(5, TEXT, Bootstrap::events),
            field(6, TEXT, Bootstrap::address),
            field(7, TEXT, Bootstrap::binary),
            field(8, messages(Extension.TABLE), Bootstrap::extensions),
            field(9, TEXT, Bootstrap::socketDirectory));

    /** To its end, whatever it is. The words tell the two apart, as containerd's own shim has it: options read as parameters, too. */
    static Bootstrap read(Linux linux, Words words) {
        byte[] stdin = linux.files.readAll(Fd.borrowed(0), MOST);
        return parameters(stdin).filter(read -> !read.id.isEmpty() && isSaid(words, Words.Flag.ID, read.id)
                && isSaid(words, Words.Flag.NAMESPACE, read.namespace)).map(Bootstrap::checked).orElseGet(() -> of(options(stdin)));
    }

    private static boolean isSaid(Words words, Words.Flag flag, String value) {
        return words.value(flag).isEmpty() || words.value(flag).equals(value);
    }

    private static Optional<Bootstrap> parameters(byte[] stdin) {
        try {
            return Optional.of(TABLE.read(stdin));
        } catch (ProtobufException e) { // options, whose value is no text
            return Optional.empty();
        }
    }

    private static Bootstrap of(Optional<Any> options) {
        return new Bootstrap("", "", 0, "", "", "", options.map(any -> List.of(new Extension(Optional.of(any)))).orElse(List.of()), "");
    }

    /** The options alone, as {@code -info} gets them. To the end of stdin. */
    static Optional<Any> options(Linux linux) {
        return options(linux.files.readAll(Fd.borrowed(0), MOST));
    }

    private static Optional<Any> options(byte[] stdin) {
        return stdin.length == 0 ? Optional.empty() : Optional.of(Any.TABLE.read(stdin));
    }

    private Bootstrap checked() {
        AbsolutePath.orEmpty("socket_dir", socketDirectory);
        if (socketDirectory.length() > LONGEST_DIRECTORY) {
            throw new IllegalArgumentException("socket_dir: expected at most " + LONGEST_DIRECTORY + " bytes, as a socket's path is short, found "
                    + socketDirectory);
        }
        return this;
    }

    /** The first extension that is options of a runtime. */
    Optional<Any> options() {
        return extensions.stream().flatMap(extension -> extension.value.stream()).filter(Options::areIn).findFirst();
    }

    /** Whether it came by the protocol of 2.3, which wants a BootstrapResult. */
    boolean isProtocol() {
        return !id.isEmpty();
    }
}
