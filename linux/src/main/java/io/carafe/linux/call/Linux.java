package io.carafe.linux.call;

import io.carafe.linux.AbsentCalls;
import io.carafe.linux.Kernel;
import io.carafe.linux.Memory;
import io.carafe.linux.call.file.Descriptors;
import io.carafe.linux.call.file.Files;
import io.carafe.linux.call.file.Mounts;
import io.carafe.linux.call.file.Paths;
import io.carafe.linux.call.process.Credentials;
import io.carafe.linux.call.process.Namespaces;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.call.process.Scheduling;
import io.carafe.linux.call.socket.Netlink;
import io.carafe.linux.call.socket.Sockets;

/** All families of calls over one door. */
public final class Linux {

    public final Kernel kernel;
    public final Files files;
    public final Descriptors descriptors;
    public final Paths paths;
    public final Mounts mounts;
    public final Namespaces namespaces;
    public final Processes processes;
    public final Credentials credentials;
    public final Scheduling scheduling;
    public final Keyrings keyrings;
    public final Sockets sockets;
    public final Netlink netlink;
    public final Polling polling;
    public final Epoll epoll;
    public final Terminals terminals;
    public final Bpf bpf;

    private Linux(Kernel kernel) {
        this.kernel = kernel;
        Memory memory = new Memory(kernel);
        AbsentCalls calls = new AbsentCalls(kernel);
        this.files = new Files(kernel, memory, calls);
        this.descriptors = new Descriptors(kernel, memory, calls, files);
        this.paths = new Paths(kernel, memory, calls);
        this.mounts = new Mounts(kernel, memory);
        this.namespaces = new Namespaces(kernel, memory);
        this.processes = new Processes(kernel, memory, calls);
        this.credentials = new Credentials(kernel, memory);
        this.scheduling = new Scheduling(kernel, memory);
        this.keyrings = new Keyrings(kernel, memory);
        this.sockets = new Sockets(kernel, memory);
        this.netlink = new Netlink(kernel, memory);
        this.polling = new Polling(kernel, memory, processes::hasEnded);
        this.epoll = new Epoll(kernel, memory);
        this.terminals = new Terminals(kernel, memory);
        this.bpf = new Bpf(kernel, memory);
    }

    public static Linux over(Kernel kernel) {
        return new Linux(kernel);
    }
}
