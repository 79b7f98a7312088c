package io.carafe.shim.action;

import static io.carafe.linux.abi.FileFlags.MFD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.carafe.shim.child.Children;
import io.carafe.shim.child.Environment;
import io.carafe.shim.child.Program;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.Options;
import io.carafe.shim.task.RuntimeBinary;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code -info}: containerd.types.RuntimeInfo, with the features of the runtime that the options on stdin name. */
final class Info {

    private static final String FEATURES = "types.containerd.io/opencontainers/runtime-spec/1/features/Features";
    private static final int MOST = 4 << 20;

    private final Linux linux;

    Info(Linux linux) {
        this.linux = linux;
    }

    byte[] message() {
        Optional<Any> options = Bootstrap.options(linux);
        ProtoWriter out = new ProtoWriter();
        out.text(1, Main.RUNTIME_NAME);
        out.message(2, version -> {
            version.text(1, Version.TEXT);
            version.text(2, Version.COMMIT);
        });
        options.ifPresent(any -> out.message(3, inner -> inner.append(Any.TABLE.write(any))));
        byte[] features = features(RuntimeBinary.of(linux, Options.of(linux, options), RuntimeBinary.besideShim(linux)));
        if (features.length > 0) {
            out.message(4, inner -> inner.append(Any.TABLE.write(new Any(FEATURES, features))));
        }
        return out.toBytes();
    }

    /** None of a runtime that does not know the command. */
    private byte[] features(String binary) {
        long mask = linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, 0);
        List<Exit> ended = new ArrayList<>(1);
        try (Loop loop = new Loop(linux, failure -> ShimLog.complain(linux, failure)); Fd nothing = linux.files.open("/dev/null", O_RDWR);
                Fd output = linux.files.memfdCreate("features", MFD_CLOEXEC)) {
            new Children(linux, loop, mask).start(new Program(binary, List.of(binary, "features"), Environment.all(), "/",
                    List.of(nothing, output, nothing), Program.Ties.DIES_WITH_US, why -> ShimLog.complain(linux, new IllegalStateException(why))),
                    exit -> {
                        loop.stop();
                        ended.add(exit);
                    });
            loop.run();
            Exit exit = ended.get(0);
            if (exit.signalled() || exit.code() == Program.NOT_EXECUTED) {
                throw new IllegalStateException(binary + " features: ended with " + (exit.signalled() ? "signal " : "status ") + exit.status());
            }
            linux.files.seek(output, 0);
            return exit.code() == 0 ? linux.files.readAll(output, MOST) : new byte[0];
        }
    }
}
