package io.carafe.shim.event;

import static io.carafe.linux.abi.FileFlags.MFD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.shim.child.Call;
import io.carafe.shim.child.Children;
import io.carafe.shim.child.Environment;
import io.carafe.shim.child.Program;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.Timestamp;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * By a call of {@code containerd publish}, as containerd 1.2 and what has it inside wants it, which have no service for shims: the event,
 * an Any, is on its stdin.
 *
 * <p>A program that fails tells nobody why in a form that could be read. So one that fails while containerd is there is called
 * again some times, and then the event is given up, and that is told: an event that containerd refuses keeps no later one back.
 */
final class PublishBinary implements EventTransport {

    /** As containerd's own shim has it. */
    private static final long PATIENCE_MILLIS = 5_000;
    private static final int TRIES = 5;
    private static final String UNIX = "unix://";

    private final Linux linux;
    private final Loop loop;
    private final Children children;
    private final String binary;
    private final String address;
    private final String namespace;
    private int failures;

    /** @param binary a name for PATH, or a path. @param address what containerd listens at for its clients */
    PublishBinary(Linux linux, Loop loop, Children children, String binary, String address, String namespace) {
        this.linux = linux;
        this.loop = loop;
        this.children = children;
        this.binary = binary;
        this.address = address;
        this.namespace = namespace;
    }

    @Override
    public void send(Event event, Timestamp at, Sent sent) {
        requireListener();
        List<String> args = List.of(binary, "--address", address, "publish", "--topic", event.topic(), "--namespace", namespace);
        String path = Environment.executable(linux, binary).orElse(binary);
        try (Fd input = linux.files.memfdCreate("event", MFD_CLOEXEC); Fd nothing = linux.files.open("/dev/null", O_RDWR)) {
            linux.files.write(input, event.any());
            linux.files.seek(input, 0);
            Loop.Timer[] patience = new Loop.Timer[1];
            // What it has to say goes where ours does: containerd logs it.
            Call call = children.call(new Program(path, args, Environment.ofPrograms(), "/", List.of(input, nothing, Fd.borrowed(2)),
                    Program.Ties.DIES_WITH_US, why -> complain(path, why)), (exit, cut) -> {
                        patience[0].cancel();
                        sent.sent(fate(event, exit));
                    });
            patience[0] = loop.after(PATIENCE_MILLIS, () -> call.cut("it took too long"));
        }
    }

    /** Without it a program would be started for nothing, and again and again. An address of another kind is the program's to judge. */
    private void requireListener() {
        String path = address.startsWith(UNIX) ? address.substring(UNIX.length()) : address;
        if (path.startsWith("/")) {
            try (Fd listener = linux.sockets.connect(path, SOCK_STREAM | SOCK_NONBLOCK)) {
                return;
            } catch (KernelException e) {
                if (!e.is(Errno.EAGAIN)) { // many wait for it, which is there
                    throw e;
                }
            }
        }
    }

    /** In the child. */
    private void complain(String path, String why) {
        linux.files.write(Fd.borrowed(2), (path + ": " + why + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private Fate fate(Event event, Exit exit) {
        if (exit.code() == 0) {
            failures = 0;
            return Fate.DONE;
        }
        failures++;
        if (failures < TRIES) {
            return Fate.AGAIN;
        }
        failures = 0;
        loop.tell(new IllegalStateException("the event " + event.topic() + " is given up: " + binary + " publish ended with "
                + (exit.signalled() ? "signal " : "status ") + exit.status() + ", for the " + TRIES + "th time"));
        return Fate.DONE;
    }
}
