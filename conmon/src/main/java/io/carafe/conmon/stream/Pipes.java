package io.carafe.conmon.stream;

import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.conmon.attach.StandardInput;
import io.carafe.conmon.log.Origin;
import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files.Pipe;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * A pipe for each stream; without a stdin it is /dev/null.
 *
 * <p>With a terminal there is the pipe of stderr alone: what the runtime complains of before that terminal is there comes by it.
 */
public final class Pipes implements Streams {

    /** Whatever user the process becomes may open /dev/stdout anew. */
    private static final int EVERYBODY = 0777;

    private final Linux linux;
    private final List<Fd> ofRuntime;
    private final List<Fd> outputs;

    private Pipes(Linux linux, List<Fd> ofRuntime, List<Fd> outputs) {
        this.linux = linux;
        this.ofRuntime = ofRuntime;
        this.outputs = outputs;
    }

    /** @param hasInput whether clients may write */
    public static Pipes open(Linux linux, boolean hasInput, StandardInput input) {
        try (Undo undo = new Undo()) {
            Fd stdin = undo.onFailure(linux.files.open("/dev/null", O_RDWR), Fd::close);
            if (hasInput) {
                Pipe pipe = undo.onFailure(linux.files.pipe(), Pipe::close);
                stdin.close();
                stdin = pipe.out();
                linux.files.fchmod(stdin, EVERYBODY);
                input.begin(pipe.in());
            }
            Pipe output = pipe(linux, undo);
            Pipe errors = pipe(linux, undo);
            undo.keep();
            return new Pipes(linux, List.of(stdin, output.in(), errors.in()), List.of(output.out(), errors.out()));
        }
    }

    /** stdin and stdout lead nowhere. */
    static Pipes ofErrors(Linux linux) {
        try (Undo undo = new Undo()) {
            Fd nothing = undo.onFailure(linux.files.open("/dev/null", O_RDWR), Fd::close);
            Pipe errors = pipe(linux, undo);
            undo.keep();
            return new Pipes(linux, List.of(nothing, nothing, errors.in()), List.of(errors.out()));
        }
    }

    private static Pipe pipe(Linux linux, Undo undo) {
        Pipe pipe = undo.onFailure(linux.files.pipe(), Pipe::close);
        linux.files.fchmod(pipe.in(), EVERYBODY);
        linux.files.setBlocking(pipe.out(), false);
        return pipe;
    }

    @Override
    public List<Fd> ofRuntime() {
        return ofRuntime;
    }

    @Override
    public void handedOver() {
        ofRuntime.forEach(Fd::close);
    }

    @Override
    public byte[] complaint(int most) {
        byte[] text = new byte[most];
        OptionalInt count = linux.files.tryRead(outputs.get(outputs.size() - 1), text, 0, most);
        return Arrays.copyOf(text, count.orElse(0));
    }

    @Override
    public void readInto(Outputs into) {
        for (int i = 0; i < outputs.size(); i++) {
            into.add(outputs.get(i), i == outputs.size() - 1 ? Origin.STDERR : Origin.STDOUT, () -> false);
        }
    }

    @Override
    public void close() {
        outputs.forEach(Fd::close);
    }
}
