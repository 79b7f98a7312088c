package io.carafe.shim.action;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.shim.bundle.Rootfs;
import io.carafe.shim.child.Children;
import io.carafe.shim.child.Runtime;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.Responses;
import io.carafe.shim.message.Timestamp;
import io.carafe.shim.task.Binary;
import io.carafe.shim.task.TaskService;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The action {@code delete}: the shim has gone, and what it left of a container is ended and removed. */
final class Delete {

    private static final int KILLED = 128 + Signal.SIGKILL.number;
    private static final int MOST = 1 << 16;
    private static final String UNIX = "unix://";

    private final Linux linux;
    private final Words words;

    Delete(Linux linux, Words words) {
        this.linux = linux;
        this.words = words;
    }

    byte[] message() {
        String id = words.required(Words.Flag.ID);
        String directory = linux.paths.getcwd();
        String bundle = words.value(Words.Flag.BUNDLE).isEmpty()
                ? directory.substring(0, directory.lastIndexOf('/') + 1) + id : words.value(Words.Flag.BUNDLE);
        // Written before the runtime is called: without it there is no container, and maybe no runtime of the default name.
        read(bundle + TaskService.OPTIONS_FILE).map(Options.TABLE::read).ifPresent(options -> delete(bundle, id, options));
        new Rootfs(linux, bundle).unmount();
        removeDeadSocket(bundle);
        int pid = read(bundle + "/init.pid").map(Delete::number).orElse(0);
        return Responses.Deleted.TABLE.write(new Responses.Deleted(pid, KILLED, Optional.of(Timestamp.now())));
    }

    private void delete(String bundle, String id, Options options) {
        long mask = linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, 0);
        try (Loop loop = new Loop(linux, this::warn)) {
            Runtime runtime = new Runtime(linux, new Children(linux, loop, mask), Binary.of(linux, options, Binary.besideShim(linux)),
                    options, words.required(Words.Flag.NAMESPACE), bundle, id);
            runtime.delete(true, outcome -> {
                outcome.complaint().ifPresent(complaint -> warn(new IllegalStateException("delete " + id + ": " + complaint)));
                loop.stop();
            });
            loop.run();
        }
    }

    /** On stderr, which containerd logs. */
    private void warn(RuntimeException e) {
        linux.files.write(Fd.borrowed(2), (e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private Optional<byte[]> read(String path) {
        return linux.files.openIfPresent(Fd.CWD, path, O_RDONLY).map(file -> {
            try (file) {
                return linux.files.readAll(file, MOST);
            }
        });
    }

    private static int number(byte[] text) {
        try {
            return Integer.parseInt(new String(text, StandardCharsets.UTF_8).strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** One where others of the group are served stays. */
    private void removeDeadSocket(String bundle) {
        String address = read(bundle + "/address").map(text -> new String(text, StandardCharsets.UTF_8)).orElse("");
        if (!address.startsWith(UNIX)) {
            return;
        }
        String socket = address.substring(UNIX.length());
        try (Fd served = linux.sockets.connect(socket, SOCK_STREAM)) {
            return;
        } catch (KernelException e) {
            if (e.is(Errno.ECONNREFUSED)) {
                linux.paths.unlinkat(Fd.CWD, socket, 0);
            }
        }
    }
}
