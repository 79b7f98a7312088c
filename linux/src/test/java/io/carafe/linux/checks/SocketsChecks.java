package io.carafe.linux.checks;

import static io.carafe.linux.abi.FileFlags.FD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.F_GETFD;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.Poll.IN_CLOSE_WRITE;
import static io.carafe.linux.abi.Poll.POLLHUP;
import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.Poll.POLLOUT;
import static io.carafe.linux.abi.Poll.POLLPRI;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWNET;
import static io.carafe.linux.abi.ProcessFlags.RLIMIT_NOFILE;
import static io.carafe.linux.abi.SocketFlags.AF_INET;
import static io.carafe.linux.abi.SocketFlags.IFF_UP;
import static io.carafe.linux.abi.SocketFlags.SIOCGIFFLAGS;
import static io.carafe.linux.abi.SocketFlags.SOCK_DGRAM;
import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_SEQPACKET;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Epoll;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.linux.call.file.Files;
import io.carafe.linux.call.process.Processes.Clone;
import io.carafe.linux.call.socket.Sockets.Message;
import io.carafe.linux.call.socket.Sockets.Pair;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Sockets, the descriptors that go through them, and waiting on both. */
final class SocketsChecks {

    private SocketsChecks() {
    }

    static List<Check> all() {
        return List.of(
                Check.of("sockets: a packet comes whole, and the end is an empty one", SocketsChecks::packets),
                Check.of("sockets: a longer packet is cut", SocketsChecks::cut),
                Check.of("sockets: a stream carries what is larger than its buffer", SocketsChecks::stream),
                Check.of("sockets: descriptors arrive closed on exec", SocketsChecks::descriptors),
                Check.of("sockets: as many descriptors as the kernel passes", SocketsChecks::manyDescriptors),
                Check.alone("sockets: descriptors that find no room are an error", SocketsChecks::noRoom),
                Check.of("sockets: a closed other end is EPIPE, and no signal", SocketsChecks::closedEnd),
                Check.of("sockets: connect reaches a listener", SocketsChecks::connect),
                Check.of("sockets: a datagram reaches a bound socket, in the abstract namespace too", SocketsChecks::datagram),
                Check.of("sockets: connect tells a path too long, absent, deserted", SocketsChecks::connectFails),
                Check.alone("sockets: an interface is brought up", SocketsChecks::loopback),
                Check.of("sockets: accept that does not wait says so, then brings who connected", SocketsChecks::tryAccept),
                Check.of("epoll: who is ready is told by the value it was added with", SocketsChecks::epollTells),
                Check.of("epoll: what is asked of a descriptor can change, and end", SocketsChecks::epollChanges),
                Check.of("files: a pipe ends when its last writer closes", SocketsChecks::pipe),
                Check.of("files: splice moves what is there and fits, and tells the end", SocketsChecks::splice),
                Check.of("polling: inotify tells that a writer of a FIFO has closed it", SocketsChecks::inotify),
                Check.of("madvise: the address must be a page's", SocketsChecks::madvise),
                Check.of("polling: readable tells which, and when the time is over", SocketsChecks::readable),
                Check.of("polling: an event beside the data is waited for alone", SocketsChecks::urgent),
                Check.of("polling: an eventfd counts what is written to it", SocketsChecks::eventfd),
                Check.alone("polling: a pidfd is readable when its process ends", SocketsChecks::pidfd));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Message message) {
        return new String(message.content(), StandardCharsets.UTF_8);
    }

    private static void packets(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_SEQPACKET);
        try (Fd here = pair.here(); Fd there = pair.there()) {
            linux.sockets.send(here, bytes("one"), List.of());
            linux.sockets.send(here, bytes("second"), List.of());
            here.close();
            Expect.equal("one", text(linux.sockets.receive(there, 100)));
            Expect.equal("second", text(linux.sockets.receive(there, 100)));
            Message end = linux.sockets.receive(there, 100);
            Expect.equal("", text(end));
            Expect.equal(List.of(), end.fds());
        }
    }

    private static void cut(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_SEQPACKET);
        try (Fd here = pair.here(); Fd there = pair.there()) {
            linux.sockets.send(here, bytes("0123456789"), List.of());
            linux.sockets.send(here, bytes("next"), List.of());
            Expect.equal("01234", text(linux.sockets.receive(there, 5)));
            Expect.equal("next", text(linux.sockets.receive(there, 5)));
        }
    }

    private static void stream(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_STREAM);
        try (Fd here = pair.here(); Fd there = pair.there()) {
            linux.sockets.send(here, bytes("x".repeat(100_000)), List.of());
            int length = 0;
            while (length < 100_000) {
                length += linux.sockets.receive(there, 70_000).content().length;
            }
            Expect.equal(100_000, length);
        }
    }

    private static void descriptors(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_SEQPACKET);
        try (Fd here = pair.here(); Fd there = pair.there(); Fd memfd = linux.files.memfdCreate("check", 0)) {
            linux.files.write(memfd, bytes("passed"));
            linux.sockets.send(here, bytes("x"), List.of(memfd, here));
            Message message = linux.sockets.receive(there, 100);
            Expect.equal(2, message.fds().size());
            try (Fd file = message.fds().get(0); Fd end = message.fds().get(1)) {
                Expect.equal("passed", linux.files.readText(Fd.CWD, file.path()));
                Expect.equal((long) FD_CLOEXEC, linux.files.fcntl(file, F_GETFD, 0));
                linux.sockets.send(end, bytes("by the passed end"), List.of());
                Expect.equal("by the passed end", text(linux.sockets.receive(there, 100)));
            }
        }
    }

    private static void manyDescriptors(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_SEQPACKET);
        try (Fd here = pair.here(); Fd there = pair.there()) {
            List<Fd> most = new ArrayList<>();
            for (int i = 0; i < 253; i++) {
                most.add(here);
            }
            linux.sockets.send(here, bytes("x"), most);
            List<Fd> received = linux.sockets.receive(there, 100).fds();
            received.forEach(Fd::close);
            Expect.equal(253, received.size());
            most.add(here);
            Expect.fails(Errno.EINVAL, () -> linux.sockets.send(here, bytes("x"), most));
        }
    }

    /** MSG_CTRUNC: the kernel drops descriptors silently where the receiver has no numbers left. */
    private static void noRoom(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_SEQPACKET);
        try (Fd here = pair.here(); Fd there = pair.there()) {
            linux.sockets.send(here, bytes("x"), List.of(here, here, here));
            Child.run(linux, child -> {
                child.processes.setrlimit(RLIMIT_NOFILE, 64, 64);
                Fd last = child.files.memfdCreate("filler", 0);
                for (boolean full = false; !full; ) {
                    try {
                        last = child.files.memfdCreate("filler", 0);
                    } catch (KernelException e) {
                        full = e.is(Errno.EMFILE);
                    }
                }
                last.close();
                Expect.fails(Errno.EMFILE, () -> child.sockets.receive(there, 100));
                child.files.memfdCreate("the number that was free before", 0).close();
            });
        }
    }

    private static void closedEnd(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_STREAM);
        try (Fd here = pair.here()) {
            pair.there().close();
            Expect.fails(Errno.EPIPE, () -> linux.sockets.send(here, bytes("x"), List.of()));
        }
    }

    private static void connect(Linux linux) {
        for (int type : new int[] {SOCK_STREAM, SOCK_SEQPACKET}) {
            try (Scratch scratch = Scratch.make(linux); Fd listener = linux.sockets.listen(scratch.path("socket"), type);
                    Fd client = linux.sockets.connect(scratch.path("socket"), type);
                    Fd server = linux.sockets.accept(listener)) {
                for (Fd each : List.of(listener, client, server)) {
                    Expect.equal((long) FD_CLOEXEC, linux.files.fcntl(each, F_GETFD, 0));
                }
                linux.sockets.send(client, bytes("hello"), List.of());
                Expect.equal("hello", text(linux.sockets.receive(server, 100)));
                Expect.equal("bind " + scratch.path("socket"), Expect.fails(Errno.EADDRINUSE,
                        () -> linux.sockets.listen(scratch.path("socket"), type)).operation());
            }
        }
    }

    private static void datagram(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            for (String name : new String[] {scratch.path("socket"), "@" + scratch.path("socket")}) {
                try (Fd bound = linux.sockets.bind(name, SOCK_DGRAM); Fd client = linux.sockets.connect(name, SOCK_DGRAM)) {
                    linux.sockets.send(client, bytes("hello"), List.of());
                    Expect.equal("hello", text(linux.sockets.receive(bound, 100)));
                }
            }
            Expect.equal(List.of("socket"), linux.files.list(scratch.dir, "."));
        }
    }

    private static void connectFails(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            String path = scratch.path("socket");
            Expect.equal("connect " + path,
                    Expect.fails(Errno.ENOENT, () -> linux.sockets.connect(path, SOCK_STREAM)).operation());
            linux.sockets.listen(path, SOCK_STREAM).close();
            Expect.fails(Errno.ECONNREFUSED, () -> linux.sockets.connect(path, SOCK_STREAM));
            Expect.fails(Errno.ENAMETOOLONG, () -> linux.sockets.connect("/" + "x".repeat(107), SOCK_STREAM));
            Expect.fails(Errno.ENOENT, () -> linux.sockets.connect("/" + "x".repeat(106), SOCK_STREAM));
        }
    }

    private static void loopback(Linux linux) {
        Child.in(linux, CLONE_NEWNET, child -> {
            Expect.equal(0, interfaceFlags(child, "lo") & IFF_UP);
            child.sockets.bringUp("lo");
            Expect.equal(IFF_UP, interfaceFlags(child, "lo") & IFF_UP);
            Expect.fails(Errno.ENODEV, () -> child.sockets.bringUp("none"));
            Expect.fails(Errno.ENODEV, () -> child.sockets.bringUp("x".repeat(100)));
        });
    }

    /** netdevice(7), SIOCGIFFLAGS. */
    private static int interfaceFlags(Linux linux, String name) {
        try (Fd socket = linux.sockets.socket(AF_INET, SOCK_DGRAM, 0); Memory.Frame frame = new Memory(linux.kernel).frame()) {
            long ifreq = frame.zeroed(40);
            linux.kernel.put(ifreq, bytes(name), 0, name.length());
            Expect.equal(0L, linux.kernel.call(Sys.IOCTL.nr, socket.number(), SIOCGIFFLAGS, ifreq));
            return linux.kernel.getInt(ifreq + 16) & 0xffff;
        }
    }

    private static void readable(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_SEQPACKET);
        try (Scratch scratch = Scratch.make(linux); Fd here = pair.here(); Fd there = pair.there();
                Fd file = linux.files.openat(scratch.dir, "file", O_RDWR | O_CREAT, 0600)) {
            Expect.equal("[0, 0]", Arrays.toString(linux.polling.readable(1, here, there)));
            Expect.equal("[0, 1]", Arrays.toString(linux.polling.readable(Polling.FOREVER, here, file)));
            linux.sockets.send(here, bytes("x"), List.of());
            Expect.equal(POLLIN, linux.polling.readable(Polling.FOREVER, there)[0]);
            here.close();
            Expect.equal(POLLIN | POLLHUP, linux.polling.readable(1500, there)[0]);
        }
    }

    private static void urgent(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_STREAM);
        try (Fd here = pair.here(); Fd there = pair.there()) {
            linux.sockets.send(here, bytes("x"), List.of());
            Expect.equal("[0]", Arrays.toString(linux.polling.ready(1, new int[] {POLLPRI}, there)));
            Expect.equal("[" + POLLIN + "]", Arrays.toString(linux.polling.ready(1, new int[] {POLLPRI | POLLIN}, there)));
        }
    }

    private static void eventfd(Linux linux) {
        try (Fd event = linux.files.eventfd()) {
            Expect.equal(0, linux.polling.readable(1, event)[0]);
            linux.files.write(event, new byte[] {2, 0, 0, 0, 0, 0, 0, 0});
            linux.files.write(event, new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
            byte[] count = new byte[Long.BYTES];
            Expect.equal(POLLIN, linux.polling.readable(Polling.FOREVER, event)[0]);
            Expect.equal(Long.BYTES, linux.files.read(event, count, 0, count.length));
            Expect.equal(3, (int) count[0]);
            Expect.equal(0, linux.polling.readable(1, event)[0]);
        }
    }

    private static void pidfd(Linux linux) {
        Clone clone = linux.processes.clone3(0, Optional.empty());
        if (clone.isChild()) {
            linux.polling.readable(20);
            linux.processes.exit(3);
        }
        try (Fd pidfd = clone.pidfd().orElseThrow()) {
            Expect.equal(POLLIN, linux.polling.readable(Polling.FOREVER, pidfd)[0]);
            Expect.equal(3, linux.processes.waitFor(pidfd).code());
        }
    }

    private static void tryAccept(Linux linux) {
        try (Scratch scratch = Scratch.make(linux);
                Fd listener = linux.sockets.listen(scratch.path("socket"), SOCK_STREAM | SOCK_NONBLOCK, 16)) {
            Expect.equal(Optional.empty(), linux.sockets.tryAccept(listener));
            try (Fd one = linux.sockets.connect(scratch.path("socket"), SOCK_STREAM);
                    Fd accepted = linux.sockets.tryAccept(listener).orElseThrow()) {
                Expect.equal(OptionalInt.empty(), linux.files.tryRead(accepted, new byte[1], 0, 1));
                linux.files.write(one, bytes("x"));
                Expect.equal(OptionalInt.of(1), linux.files.tryRead(accepted, new byte[1], 0, 1));
            }
        }
    }

    private static void epollTells(Linux linux) {
        Pair one = linux.sockets.pair(SOCK_STREAM);
        Pair other = linux.sockets.pair(SOCK_STREAM);
        try (Fd epoll = linux.epoll.create(); Fd a = one.here(); Fd b = one.there(); Fd c = other.here(); Fd d = other.there()) {
            linux.epoll.add(epoll, b, POLLIN, 0x1234_5678_9abcL);
            linux.epoll.add(epoll, d, POLLIN, 7);
            Expect.equal(List.of(), linux.epoll.wait(epoll, 0));
            linux.files.write(a, bytes("x"));
            Expect.equal(List.of(new Epoll.Ready(POLLIN, 0x1234_5678_9abcL)), linux.epoll.wait(epoll, Polling.FOREVER));
            linux.files.write(c, bytes("x"));
            Expect.equal(2, linux.epoll.wait(epoll, Polling.FOREVER).size());
            b.close();
            Expect.equal(List.of(new Epoll.Ready(POLLIN, 7)), linux.epoll.wait(epoll, Polling.FOREVER));
        }
    }

    private static void epollChanges(Linux linux) {
        Pair pair = linux.sockets.pair(SOCK_STREAM);
        try (Fd epoll = linux.epoll.create(); Fd here = pair.here(); Fd there = pair.there()) {
            linux.epoll.add(epoll, here, POLLIN, 1);
            linux.epoll.modify(epoll, here, POLLOUT, 2);
            Expect.equal(List.of(new Epoll.Ready(POLLOUT, 2)), linux.epoll.wait(epoll, Polling.FOREVER));
            linux.epoll.delete(epoll, here);
            Expect.equal(List.of(), linux.epoll.wait(epoll, 0));
        }
    }

    private static void pipe(Linux linux) {
        try (Files.Pipe pipe = linux.files.pipe()) {
            linux.files.write(pipe.in(), bytes("x"));
            pipe.in().close();
            Expect.equal(1, linux.files.read(pipe.out(), new byte[2], 0, 2));
            Expect.equal(0, linux.files.read(pipe.out(), new byte[2], 0, 2));
        }
    }

    private static void splice(Linux linux) {
        try (Files.Pipe from = linux.files.pipe(); Files.Pipe to = linux.files.pipe()) {
            Expect.equal(OptionalInt.empty(), linux.files.trySplice(from.out(), to.in(), 64));
            linux.files.write(from.in(), bytes("abc"));
            Expect.equal(OptionalInt.of(2), linux.files.trySplice(from.out(), to.in(), 2));
            Expect.equal(OptionalInt.of(1), linux.files.trySplice(from.out(), to.in(), 2));
            from.in().close();
            Expect.equal(OptionalInt.of(0), linux.files.trySplice(from.out(), to.in(), 2));
            byte[] moved = new byte[4];
            Expect.equal(3, linux.files.read(to.out(), moved, 0, 4));
            Expect.equal('c', (char) moved[2]);
        }
    }

    private static void inotify(Linux linux) {
        try (Scratch scratch = Scratch.make(linux); Fd inotify = linux.polling.inotify()) {
            linux.paths.mkfifoat(scratch.dir, "fifo", 0600);
            linux.polling.inotifyAddWatch(inotify, scratch.path("fifo"), IN_CLOSE_WRITE);
            linux.files.open(scratch.path("fifo"), O_RDONLY | O_NONBLOCK).close();
            Fd writer = linux.files.open(scratch.path("fifo"), O_RDWR);
            Expect.equal(0, linux.polling.readable(0, inotify)[0]);
            writer.close();
            Expect.equal(POLLIN, linux.polling.readable(0, inotify)[0]);
        }
    }

    private static void madvise(Linux linux) {
        Expect.fails(Errno.EINVAL, () -> linux.processes.madvise(1, 4096, ProcessFlags.MADV_DONTNEED));
        Expect.fails(Errno.ENOMEM, () -> linux.processes.madvise(4096, 4096, ProcessFlags.MADV_DONTNEED));
    }
}
