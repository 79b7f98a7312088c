package io.carafe.shim.ttrpc;

import io.carafe.linux.fuzz.Told;
import io.carafe.runtime.protobuf.ProtobufException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What comes over a connection: in one piece and byte by byte it is the same frames, and a request in one is read, written and read again. */
public final class FrameFuzzTarget {

    private FrameFuzzTarget() {
    }

    private static List<String> frames(byte[] stream, int piece) {
        List<String> frames = new ArrayList<>();
        FrameReader reader = new FrameReader(new FrameReader.Receiver() {
            @Override
            public void received(Frame frame) {
                frames.add(frame.stream() + " " + frame.type() + " " + frame.flags() + " " + Arrays.hashCode(frame.data()));
                if (!Arrays.equals(frame.data(), Arrays.copyOfRange(frame.toBytes(), Frame.HEADER, Frame.HEADER + frame.data().length))) {
                    throw new AssertionError("a frame is written otherwise than it was read");
                }
                Request request = Told.orNull(() -> Request.TABLE.read(frame.data()), ProtobufException.class);
                if (request != null) {
                    Request again = Request.TABLE.read(Request.TABLE.write(request));
                    Told.same(request.service() + request.method() + Arrays.toString(request.payload()),
                            again.service() + again.method() + Arrays.toString(again.payload()));
                }
                Told.orNull(() -> Response.TABLE.read(frame.data()), ProtobufException.class);
            }

            @Override
            public void tooLong(int stream, long length) {
                frames.add(stream + " too long: " + length);
            }

            @Override
            public void noMemory(int stream, long length) {
                throw new AssertionError("no memory for " + length + " bytes");
            }
        });
        for (int at = 0; at < stream.length; at += piece) {
            byte[] part = Arrays.copyOfRange(stream, at, Math.min(stream.length, at + piece));
            reader.feed(part, part.length);
        }
        return frames;
    }

    public static void fuzzerTestOneInput(byte[] stream) {
        List<String> whole = frames(stream, Math.max(1, stream.length));
        Told.same(whole, frames(stream, 1));
        Told.same(whole, frames(stream, 7));
    }
}
