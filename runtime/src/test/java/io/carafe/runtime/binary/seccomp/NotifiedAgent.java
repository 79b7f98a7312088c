package io.carafe.runtime.binary.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.socket.Sockets;
import io.carafe.linux.door.Door;
import io.carafe.spec.codec.StateJson;
import io.carafe.spec.state.ContainerProcessState;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A seccomp agent: for each descriptor that comes it has one thread, which refuses some calls with an errno and lets the others go on. */
final class NotifiedAgent implements AutoCloseable {

    private static final int ANOTHER = 4096;
    private static final long RECEIVE = 0xc0502100L;
    private static final long SEND = 0xc0182101L;
    private static final int NOTIFICATION = 80;
    private static final int RESPONSE = 24;
    private static final int NR = 16;
    private static final int ERROR = 16;
    private static final int FLAGS = 20;
    private static final int CONTINUE = 1;
    private static final int SHUTDOWN = Arch.HERE == Arch.X86_64 ? 48 : 210;
    private static final int SHUT_RDWR = 2;

    private final Linux linux = Linux.over(Door.open());
    private final Fd socket;
    private final Errno refusal;
    private final int[] refused;
    private final BlockingQueue<ContainerProcessState> states = new LinkedBlockingQueue<>();

    /** @param refused numbers of calls */
    NotifiedAgent(Path path, Errno refusal, int... refused) {
        this.socket = linux.sockets.listen(path.toString(), SocketFlags.SOCK_STREAM);
        this.refusal = refusal;
        this.refused = refused;
        thread(this::accept);
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    /** The state that came with the next descriptor. */
    ContainerProcessState next() throws InterruptedException {
        ContainerProcessState state = states.poll(180, TimeUnit.SECONDS);
        return java.util.Objects.requireNonNull(state, "nothing came to the agent in 30 s");
    }

    boolean hasNoMore() {
        return states.isEmpty();
    }

    private void accept() {
        Linux own = Linux.over(Door.open());
        while (true) {
            try (Fd connection = own.sockets.accept(socket)) {
                Sockets.Message message = own.sockets.receive(connection, ANOTHER);
                assertEquals(1, message.fds().size());
                Fd notifications = message.fds().get(0);
                thread(() -> answer(notifications));
                assertEquals(0, own.sockets.receive(connection, 1).content().length, "one state a connection, then its end");
                states.add(StateJson.readProcessState(message.content(), 0, message.content().length));
            } catch (RuntimeException closed) {
                return;
            }
        }
    }

    /** seccomp_unotify(2), until the last process under the filter has gone. */
    private void answer(Fd notifications) {
        Linux own = Linux.over(Door.open());
        try (notifications; Memory.Frame frame = new Memory(own.kernel).frame()) {
            while (true) {
                long notification = frame.zeroed(NOTIFICATION);
                long response = frame.zeroed(RESPONSE);
                if (own.kernel.call(Sys.IOCTL.nr, notifications.number(), RECEIVE, notification) < 0) {
                    return;
                }
                own.kernel.putLong(response, own.kernel.getLong(notification));
                if (isRefused(own.kernel.getInt(notification + NR))) {
                    own.kernel.putInt(response + ERROR, -refusal.number);
                } else {
                    own.kernel.putInt(response + FLAGS, CONTINUE);
                }
                own.kernel.call(Sys.IOCTL.nr, notifications.number(), SEND, response);
            }
        }
    }

    private boolean isRefused(int nr) {
        for (int number : refused) {
            if (number == nr) {
                return true;
            }
        }
        return false;
    }

    /** Nobody listens any more; who has a filter already is still answered. */
    @Override
    public void close() {
        linux.kernel.call(SHUTDOWN, socket.number(), SHUT_RDWR);
        socket.close();
    }
}
