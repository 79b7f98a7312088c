package io.carafe.conformance.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** Makes the cells of a run, and takes away what all of them share. */
public final class Cells implements AutoCloseable {

    private final Host host;
    private final String prepare;
    private final long limitMillis;
    private final String run = "conformance-" + ProcessHandle.current().pid();
    private final Path directory;
    private int opened;

    /** @param limitMillis the time that each test has */
    public Cells(Host host, String prepare, long limitMillis) {
        this.host = host;
        this.prepare = prepare;
        this.limitMillis = limitMillis;
        try {
            this.directory = Files.createTempDirectory(run + "-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Host host() {
        return host;
    }

    public Cell open() {
        return Cell.open(host, directory, run, "t" + ++opened, prepare, limitMillis);
    }

    public HostSnapshot look() {
        return HostSnapshot.take(host, run);
    }

    @Override
    public void close() {
        List<Path> roots = new ArrayList<>();
        host.cgroups().forEach(hierarchy -> roots.add(hierarchy.own().resolve(run)));
        CgroupTree shared = new CgroupTree(roots);
        shared.thaw();
        shared.remove();
        FileTree.remove(directory);
    }
}
