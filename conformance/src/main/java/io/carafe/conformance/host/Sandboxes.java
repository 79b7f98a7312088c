package io.carafe.conformance.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the sandboxes of a run, and takes away what all of them share. */
public final class Sandboxes implements AutoCloseable {

    private static final AtomicInteger RUNS = new AtomicInteger();

    private final Host host;
    private long limitMillis;
    private final String run = "conformance-" + ProcessHandle.current().pid() + "-" + RUNS.incrementAndGet();
    private final Path directory;
    private int opened;
    private CompletableFuture<Sandbox> next;

    /** @param limitMillis the time that each test has */
    public Sandboxes(Host host, long limitMillis) {
        this.host = host;
        this.limitMillis = limitMillis;
        sweep(host);
        try {
            this.directory = Files.createTempDirectory(run + "-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the cgroups of a run that was killed. They are empty by then; others are left, whoever they belong to. */
    private static void sweep(Host host) {
        List<Path> places = new ArrayList<>();
        host.cgroups().forEach(hierarchy -> places.add(hierarchy.own()));
        new CgroupTree(ofTheDead(places)).removeEmpty();
    }

    private static List<Path> ofTheDead(List<Path> places) {
        List<Path> found = new ArrayList<>();
        for (Path place : places) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, "conformance-*")) {
                for (Path entry : entries) {
                    String pid = entry.getFileName().toString().split("-")[1];
                    if (pid.matches("\\d+") && !Files.exists(Path.of("/proc", pid))) {
                        found.add(entry);
                    }
                }
            } catch (IOException unreadable) {
                continue;
            }
        }
        return found;
    }

    /** The time that a test has from now on. */
    public void limit(long millis) {
        limitMillis = millis;
    }

    public Host host() {
        return host;
    }

    /** A new sandbox. The one after it is made ready meanwhile. */
    public Sandbox open() {
        CompletableFuture<Sandbox> ready = next == null ? prepared() : next;
        next = null;
        Sandbox sandbox = ready.join();
        next = prepared();
        return sandbox.begin(limitMillis);
    }

    private CompletableFuture<Sandbox> prepared() {
        String name = "t" + ++opened;
        return CompletableFuture.supplyAsync(() -> Sandbox.open(host, directory, run, name));
    }

    public HostSnapshot snapshot() {
        return HostSnapshot.take(run);
    }

    @Override
    public void close() {
        if (next != null) {
            // One that could not be made ready leaves nothing but directories, which go below.
            next.handle((sandbox, failure) -> sandbox == null ? List.of() : sandbox.destroy()).join();
        }
        List<Path> roots = new ArrayList<>();
        host.cgroups().forEach(hierarchy -> roots.add(hierarchy.own().resolve(run)));
        CgroupTree shared = new CgroupTree(roots);
        shared.thaw();
        shared.remove();
        FileTree.remove(directory);
    }
}
