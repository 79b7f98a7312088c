package io.carafe.conformance.shim;

import io.carafe.conformance.container.Bundle;
import io.carafe.conformance.container.Evidence;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.ttrpc.Message;
import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The bundle of a {@link Task}, what the request of its creation says, and the other ends of its streams. */
public abstract class TaskBundle extends Bundle<Task> {

    private final Sandbox sandbox;
    String stdin = "";
    String stdout = "";
    String stderr = "";
    boolean terminal;
    List<Message> mounts = List.of();
    Optional<String> runtimeOfShim = Optional.empty();
    int owner;

    TaskBundle(Sandbox sandbox, Evidence evidence, String namespace, String id) {
        super(sandbox, Optional.empty(), evidence, id, sandbox.work().resolve(namespace).resolve(id));
        this.sandbox = sandbox;
    }

    // ---- what Create will say

    public Task stdin(String uri) {
        stdin = uri;
        return self();
    }

    public Task stdout(String uri) {
        stdout = uri;
        return self();
    }

    public Task stderr(String uri) {
        stderr = uri;
        return self();
    }

    public Task terminal() {
        terminal = true;
        return with("/process/terminal", true);
    }

    /** What the shim has to mount for the root file system. */
    public Task rootfs(String type, String source, String... options) {
        mounts = List.of(Message.of("Mount", "type", type, "source", source, "options", List.of(options)));
        return self();
    }

    /** The same, and something else at a place in it. */
    public Task rootfs(String type, String source, String target, List<String> options) {
        List<Message> all = new ArrayList<>(mounts);
        all.add(Message.of("Mount", "type", type, "source", source, "target", target, "options", options));
        mounts = all;
        return self();
    }

    /** Another runtime than that of the whole run. */
    public Task runtimeOfShim(String path) {
        runtimeOfShim = Optional.of(path);
        return self();
    }

    /** Who is to own its streams. */
    public Task owner(int user) {
        owner = user;
        return self();
    }

    public Task group(String name) {
        return with("/annotations", Map.of("io.containerd.runc.v2.group", name));
    }

    // ---- FIFOs

    /** A FIFO of the test's own. @return its path */
    public String fifo(String name) {
        Path path = sandbox.work().resolve(id() + "-" + name);
        fifo(path);
        return path.toString();
    }

    static void fifo(Path path) {
        Linux.over(Door.open()).paths.mkfifoat(Fd.CWD, path.toString(), 0600);
    }

    /** FIFOs for what it writes, with somebody who reads each: no manager gives one without the other. @return the reader of stdout */
    public Sandbox.Running outputs() {
        String out = fifo("out");
        stdout(out);
        if (!terminal) {
            String err = fifo("err");
            stderr(err);
            reader(err);
        }
        return reader(out);
    }

    /** Somebody who reads a FIFO to its end. */
    public Sandbox.Running reader(String fifo) {
        return sandbox.start(List.of("cat", fifo), Map.of(), "/dev/null");
    }

    /** What such a reader has got when the FIFO has ended. */
    public String readToEnd(Sandbox.Running reader) {
        CommandResult answer = sandbox.await(reader);
        Expect.that(answer.code() != CommandResult.TIMED_OUT, "the FIFO does not end; read so far: " + answer.out());
        return answer.out();
    }

    /** Somebody who writes a text into a FIFO, and may keep it open. */
    public Sandbox.Running writer(String fifo, String text, boolean staysOpen) {
        return sandbox.start(List.of("/bin/sh", "-c", "exec 3>\"$0\"; printf %s \"$1\" >&3; " + (staysOpen ? "exec sleep 1000" : ""), fifo, text),
                Map.of(), "/dev/null");
    }
}
