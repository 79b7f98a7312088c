package io.carafe.runtime.binary.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.runtime.binary.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A container that runs while calls about it fail. One serves for all of them as long as none of them hurts it. */
final class Living implements AutoCloseable {

    private final Remains remains;
    private final Bundle bundle;
    private final List<AutoCloseable> others = new ArrayList<>();
    private long init;
    private List<String> mounts = List.of();

    private Living(Remains remains, Bundle bundle) {
        this.remains = remains;
        this.bundle = bundle;
    }

    static Living of(Path directory, Bundle bundle) throws Exception {
        return new Living(Remains.of(directory, bundle), bundle);
    }

    Remains remains() {
        return remains;
    }

    void alsoClose(AutoCloseable other) {
        others.add(other);
    }

    /** Runs it, where it does not run. */
    void make() throws Exception {
        if (init != 0 && Files.exists(Path.of("/proc/" + init + "/root/bin")) && remains.states().contains(bundle.id())) {
            return;
        }
        remains.clear();
        Path pidFile = bundle.path().resolve("pid");
        remains.carafe().call("run", "--detach", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        init = Long.parseLong(Files.readString(pidFile));
        Files.delete(pidFile);
        mounts = mounts();
    }

    /** Its init runs, nothing else of it; its mounts are those that it began with, and it is not paused. */
    void asBefore() throws Exception {
        remains.running();
        assertEquals(mounts, mounts(), "mounts of the container");
        String state = remains.carafe().call("state", bundle.id()).succeeds().out();
        assertEquals("running", state.replaceAll("(?s).*\"status\": \"([a-z]*)\".*", "$1"));
    }

    List<String> mounts() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + init + "/mountinfo"));
    }

    List<String> mountsAtFirst() {
        return mounts;
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable other : others) {
            other.close();
        }
        remains.carafe().call("delete", "--force", bundle.id()).succeeds();
        remains.none();
        remains.close();
    }
}
