package io.carafe.shim.action;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.FileFlags.O_TRUNC;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes;
import io.carafe.shim.child.Environment;
import io.carafe.shim.child.Program;
import io.carafe.shim.message.Options;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The action {@code start}: a serving process for a container, or the one that its group has already; tells where it listens.
 *
 * <p>The socket listens before the process is there, so whoever connects is never too early.
 */
final class Start {

    private static final int OWNER_ONLY = 0600;
    private static final int OWNERS_DIRECTORY = 0700;
    private static final int BACKLOG = 128;
    private static final int MOST_OOM_SCORE = 1000;

    private final Linux linux;
    private final Words words;

    Start(Linux linux, Words words) {
        this.linux = linux;
        this.words = words;
    }

    /** What containerd reads: an address alone, or as JSON since 1.7, which sets MAX_SHIM_VERSION. */
    byte[] answer() {
        String id = words.required(Words.Flag.ID);
        Options options = Options.of(linux, Stdin.options(linux));
        String socket = Grouping.socket(words.value(Words.Flag.ADDRESS), words.required(Words.Flag.NAMESPACE), Grouping.of(linux, id));
        Optional<Fd> listener = listen(socket);
        if (listener.isPresent()) {
            try (Fd listening = listener.get(); Undo undo = new Undo()) {
                undo.onFailure(() -> linux.paths.unlinkat(Fd.CWD, socket, 0));
                int pid = serve(listening, socket, id);
                undo.onFailure(() -> linux.processes.kill(pid, Signal.SIGKILL.number));
                score(pid);
                if (!options.shimCgroup().isEmpty()) {
                    ShimCgroup.join(linux, options.shimCgroup(), pid);
                }
                undo.keep();
            }
        }
        String address = "unix://" + socket;
        writeAddress(address);
        return (System.getenv("MAX_SHIM_VERSION") == null ? address
                : "{\"version\":2,\"address\":\"" + address + "\",\"protocol\":\"ttrpc\"}").getBytes(StandardCharsets.UTF_8);
    }

    /** @return empty where somebody serves there already */
    private Optional<Fd> listen(String socket) {
        for (int slash = socket.indexOf('/', 1); slash > 0; slash = socket.indexOf('/', slash + 1)) {
            linux.paths.mkdirIfAbsent(Fd.CWD, socket.substring(0, slash), OWNERS_DIRECTORY);
        }
        try {
            return Optional.of(bind(socket));
        } catch (KernelException e) {
            if (!e.is(Errno.EADDRINUSE)) {
                throw e;
            }
        }
        try (Fd served = linux.sockets.connect(socket, SOCK_STREAM)) {
            return Optional.empty();
        } catch (KernelException e) {
            if (!e.is(Errno.ECONNREFUSED)) {
                throw e;
            }
        }
        linux.paths.unlinkat(Fd.CWD, socket, 0); // of a shim that was killed
        return Optional.of(bind(socket));
    }

    private Fd bind(String socket) {
        int mask = linux.paths.umask(0777 & ~OWNER_ONLY);
        try {
            return linux.sockets.listen(socket, SOCK_STREAM | SOCK_NONBLOCK, BACKLOG);
        } finally {
            linux.paths.umask(mask);
        }
    }

    /** @return the pid of the serving process */
    private int serve(Fd listener, String socket, String id) {
        List<String> args = new ArrayList<>(List.of(Main.NAME, "-namespace", words.value(Words.Flag.NAMESPACE), "-id", id,
                "-address", words.value(Words.Flag.ADDRESS), "-socket", socket));
        if (words.has(Words.Flag.DEBUG)) {
            args.add("-debug");
        }
        String self = linux.paths.readlinkat(Fd.CWD, "/proc/self/exe");
        // Not its own stdout and stderr: containerd reads those until nobody has them open.
        try (Fd nothing = linux.files.open("/dev/null", O_RDWR)) {
            Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
            if (clone.isChild()) {
                try {
                    linux.processes.setsid();
                    new Program(self, args, Environment.all(), linux.paths.getcwd(), List.of(nothing, nothing, nothing, listener), false)
                            .execute(linux, linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, 0));
                } finally {
                    linux.processes.exit(1);
                }
            }
            clone.pidfd().orElseThrow().close();
            return clone.pid();
        }
    }

    /** One more than containerd's: when memory runs out a shim goes before it, and after its containers. */
    private void score(int pid) {
        try {
            int parents = Integer.parseInt(linux.files.readText(Fd.CWD, "/proc/" + linux.processes.getppid() + "/oom_score_adj").strip());
            linux.files.writeText(Fd.CWD, "/proc/" + pid + "/oom_score_adj", Integer.toString(Math.min(MOST_OOM_SCORE, parents + 1)));
        } catch (KernelException e) {
            // EACCES: an ordinary user may not; ENOENT, ESRCH: whoever called has gone, and nobody waits for us.
            if (!e.is(Errno.EACCES) && !e.is(Errno.ENOENT) && !e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }

    /** Where containerd 1.x looks when it has been started anew. */
    private void writeAddress(String address) {
        String unfinished = ".address";
        try (Fd file = linux.files.openat(Fd.CWD, unfinished, O_WRONLY | O_CREAT | O_TRUNC, OWNER_ONLY)) {
            linux.files.write(file, address.getBytes(StandardCharsets.UTF_8));
        }
        linux.paths.rename(Fd.CWD, unfinished, Fd.CWD, "address", 0);
    }
}
