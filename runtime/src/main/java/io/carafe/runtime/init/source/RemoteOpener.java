package io.carafe.runtime.init.source;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.runtime.rootfs.source.Opener;
import io.carafe.runtime.rootfs.source.Source;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The init's side: nothing happens until it asks for the first time. */
public final class RemoteOpener implements Opener {

    private final Linux linux;
    private final List<Source> sources;
    private final Consumer<List<Fd>> ask;
    private Optional<Fd> socket = Optional.empty();

    /**
     * @param sources all that may be asked for, by their places in this list: the other side has the same
     * @param ask hands the parent what {@link OpenerProcess#begin} takes; the descriptors stay this object's
     */
    public RemoteOpener(Linux linux, List<Source> sources, Consumer<List<Fd>> ask) {
        this.linux = linux;
        this.sources = sources;
        this.ask = ask;
    }

    @Override
    public Fd open(Source source) {
        if (socket.isEmpty()) {
            socket = Optional.of(begin());
        }
        linux.sockets.send(socket.get(), Integer.toString(sources.indexOf(source)).getBytes(StandardCharsets.US_ASCII), List.of());
        Sockets.Message answer = linux.sockets.receive(socket.get(), OpenerProcess.LONGEST);
        if (!answer.fds().isEmpty()) {
            return answer.fds().get(0);
        }
        String text = new String(answer.content(), StandardCharsets.UTF_8);
        if (text.isEmpty()) {
            throw new KernelException("open " + source.path() + " with the host's rights", Errno.ECONNRESET);
        }
        int space = text.indexOf(' ');
        throw new KernelException(text.substring(space + 1), Errno.of(Integer.parseInt(text.substring(0, space))));
    }

    private Fd begin() {
        Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
        try (Fd there = pair.there(); Fd users = linux.files.open("/proc/self/ns/user", O_RDONLY);
                Fd mounts = linux.files.open("/proc/self/ns/mnt", O_RDONLY); Fd root = linux.files.open("/", O_PATH | O_DIRECTORY)) {
            ask.accept(List.of(there, users, mounts, root));
            return pair.here();
        } catch (KernelException e) {
            pair.here().close();
            throw e;
        }
    }

    @Override
    public void close() {
        socket.ifPresent(Fd::close);
        socket = Optional.empty();
    }
}
