package io.carafe.shim.cri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The client of what Kubernetes streams through: RFC 6455 with the subprotocol v4.channel.k8s.io, whose first byte of a message names
 * its channel. It speaks through nc(1) in containerd's network namespace.
 */
final class WebSocket implements AutoCloseable {

    static final int STDIN = 0;
    static final int STDOUT = 1;
    static final int STDERR = 2;
    /** A metav1.Status, when the process has ended. */
    static final int ERROR = 3;
    static final int RESIZE = 4;

    private static final int BINARY = 0x82;
    private static final int OPCODE = 0x0f;
    private static final int CLOSE = 8;
    private static final int MASKED = 0x80;
    private static final int LENGTH = 0x7f;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private final Process connection;
    private final DataInputStream in;
    private final OutputStream out;
    private final Map<Integer, ByteArrayOutputStream> received = new TreeMap<>();

    /** @param namespace a process in whose network namespace the address is */
    WebSocket(long namespace, String url) throws IOException {
        URI address = URI.create(url);
        connection = new ProcessBuilder("nsenter", "-t", Long.toString(namespace), "-n", "busybox", "nc", address.getHost(),
                Integer.toString(address.getPort())).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        in = new DataInputStream(connection.getInputStream());
        out = connection.getOutputStream();
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        out.write(("GET " + address.getRawPath() + query + " HTTP/1.1\r\nHost: " + address.getAuthority()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://" + address.getAuthority()
                + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        String head = head();
        assertTrue(head.startsWith("HTTP/1.1 101 "), head);
    }

    private String head() throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            text.append((char) in.readUnsignedByte());
        }
        return text.toString();
    }

    /** A message of fewer than 125 bytes; the mask that RFC 6455 demands of a client is zero. */
    void send(int channel, String text) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        assertTrue(content.length < LENGTH_16 - 1);
        out.write(new byte[] {(byte) BINARY, (byte) (MASKED | content.length + 1), 0, 0, 0, 0, (byte) channel});
        out.write(content);
        out.flush();
    }

    /** Reads messages until a channel has said a text. @param skip bytes that the channel says first */
    void await(int channel, int skip, String expected) throws IOException {
        while (said(channel).length() < skip + expected.length()) {
            assertTrue(read(), () -> "the end, after " + received);
        }
        assertEquals(expected, said(channel).substring(skip));
    }

    void await(int channel, String expected) throws IOException {
        await(channel, 0, expected);
    }

    /** Reads until the other side closes. */
    void awaitEnd() throws IOException {
        boolean more = true;
        while (more) {
            more = read();
        }
    }

    String said(int channel) {
        return received.containsKey(channel) ? received.get(channel).toString(StandardCharsets.ISO_8859_1) : "";
    }

    /** One message. @return whether there was one */
    private boolean read() throws IOException {
        int first = in.read();
        if (first < 0 || (first & OPCODE) == CLOSE) {
            return false;
        }
        int length = in.readUnsignedByte() & LENGTH;
        if (length == LENGTH_16) {
            length = in.readUnsignedShort();
        } else if (length == LENGTH_64) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] message = in.readNBytes(length);
        if (length > 0) {
            received.computeIfAbsent((int) message[0], channel -> new ByteArrayOutputStream()).write(message, 1, length - 1);
        }
        return true;
    }

    @Override
    public void close() {
        connection.destroyForcibly();
    }
}
