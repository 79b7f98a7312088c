package io.carafe.conmon.monitor;

import static io.carafe.linux.abi.FileFlags.FD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.F_SETFD;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A pipe of the caller's, whose number is in the environment: what is to be known is a line of JSON in it. */
final class ParentPipe {

    static final String SYNC = "_OCI_SYNCPIPE";
    static final String START = "_OCI_STARTPIPE";
    static final String ATTACH = "_OCI_ATTACHPIPE";

    private static final byte[] NO_MESSAGE = {};
    private static final int DELETE = 0x7f;
    private static final String HEX = "0123456789abcdef";

    private final Linux linux;
    private final String key;
    private final Fd fd;

    private ParentPipe(Linux linux, String key, Fd fd) {
        this.linux = linux;
        this.key = key;
        this.fd = fd;
    }

    /** @throws IllegalArgumentException the variable is no number. @throws KernelException EBADF: nothing is open by that number */
    static Optional<Fd> inherited(Linux linux, String variable) {
        String value = System.getenv(variable);
        if (value == null) {
            return Optional.empty();
        }
        try {
            Fd fd = Fd.owned(linux.kernel, Integer.parseInt(value.strip()));
            linux.files.fcntl(fd, F_SETFD, FD_CLOEXEC);
            return Optional.of(fd);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("unable to parse " + variable, e);
        } catch (KernelException e) {
            throw e.during("unable to make " + variable + " CLOEXEC");
        }
    }

    static Optional<ParentPipe> of(Linux linux, String variable, String key) {
        return inherited(linux, variable).map(fd -> new ParentPipe(linux, key, fd));
    }

    Fd fd() {
        return fd;
    }

    void tell(int number) {
        tell(number, NO_MESSAGE);
    }

    /** @param message of a runtime, as it is; what stands behind a NUL is left out */
    void tell(int number, byte[] message) {
        try {
            linux.files.write(fd, line(key, number, message));
        } catch (KernelException e) {
            if (!e.is(Errno.EPIPE)) { // who started us has gone: its container goes on
                throw e.during("Unable to send container stderr message to parent");
            }
        }
    }

    static byte[] line(String key, int number, byte[] message) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(message.length + 32);
        line.writeBytes(("{\"" + key + "\": " + number).getBytes(StandardCharsets.US_ASCII));
        if (message.length > 0 && message[0] != 0) {
            line.writeBytes(", \"message\": \"".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < message.length && message[i] != 0; i++) {
                escape(line, message[i]);
            }
            line.write('"');
        }
        line.writeBytes("}\n".getBytes(StandardCharsets.US_ASCII));
        return line.toByteArray();
    }

    private static void escape(ByteArrayOutputStream line, byte c) {
        if (c == '\\' || c == '"') {
            line.write('\\');
            line.write(c);
        } else if (c == '\n' || c == '\t') {
            line.write('\\');
            line.write(c == '\n' ? 'n' : 't');
        } else if (c >= 0 && c < ' ' || c == DELETE) {
            line.writeBytes(("\\u00" + HEX.charAt(c >> 4) + HEX.charAt(c & 0xf)).getBytes(StandardCharsets.US_ASCII));
        } else {
            line.write(c);
        }
    }
}
