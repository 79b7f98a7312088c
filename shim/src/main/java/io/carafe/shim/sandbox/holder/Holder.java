package io.carafe.shim.sandbox.holder;

import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files.Pipe;
import io.carafe.linux.call.process.Exit;
import io.carafe.shim.child.Children;
import io.carafe.shim.loop.Loop;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A child whose namespaces are a pod's. It ends when it is killed, and by itself when this process has ended, whatever ended it: it reads a
 * pipe that nobody else writes to.
 */
public final class Holder {

    private static final int MOST_TOLD = 1 << 16;

    private final Linux linux;
    private final Loop loop;
    private final Children children;
    /** What it waits at. */
    private Optional<Fd> life = Optional.empty();
    private int pid;
    private boolean running;
    private final byte[] told = new byte[MOST_TOLD];
    private int length;

    public Holder(Linux linux, Loop loop, Children children) {
        this.linux = linux;
        this.loop = loop;
        this.children = children;
    }

    /** As this process sees it. */
    public int pid() {
        return pid;
    }

    /**
     * Starts it.
     *
     * @param started called once, from the loop: with why it could not be had, or with nothing when it is confined and holds all of the plan
     * @param ended called once, after {@code started} has got nothing, when it has ended
     */
    public void start(HolderPlan plan, Consumer<Optional<String>> started, Consumer<Exit> ended) {
        Pipe alive = linux.files.pipe();
        Pipe words = linux.files.pipe();
        life = Optional.of(alive.in());
        children.expect();
        try (Fd ofChild = alive.out(); Fd mouth = words.in()) {
            HolderChild child = new HolderChild(linux, plan, ofChild, mouth);
            children.start(child::live, exit -> { });
        } catch (RuntimeException | Error e) {
            words.out().close();
            release();
            children.expectNoMore();
            throw e;
        }
        Loop.Watch[] watch = new Loop.Watch[1];
        watch[0] = loop.watch(words.out(), POLLIN, events -> {
            if (hasSaidAll(words.out())) {
                watch[0].close();
                words.out().close();
                begun(started, ended);
            }
        });
    }

    /** @return whether it is confined, or will say no more */
    private boolean hasSaidAll(Fd words) {
        int count = linux.files.read(words, told, length, told.length - length);
        length += count;
        return count == 0 || length == told.length || told[length - 1] == HolderProgram.READY;
    }

    private void begun(Consumer<Optional<String>> started, Consumer<Exit> ended) {
        try {
            HolderChild.Words words = HolderChild.Words.parse(told, length);
            words.pid().ifPresent(number -> pid = number);
            if (words.complaint().isEmpty()) {
                running = true;
                children.await(pid, exit -> {
                    running = false;
                    release();
                    ended.accept(exit);
                });
            } else {
                release();
                words.pid().ifPresent(number -> children.await(number, exit -> { }));
            }
            started.accept(words.complaint());
        } finally {
            children.expectNoMore();
        }
    }

    /** Ends it, if it has not ended: its pid is its own until it is reaped, which happens here. */
    public void kill() {
        if (running) {
            linux.processes.kill(pid, Signal.SIGKILL.number);
        }
    }

    private void release() {
        life.ifPresent(Fd::close);
        life = Optional.empty();
    }
}
