package io.carafe.conformance.suite.shim.calls;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.shim.Shim;
import java.nio.file.Files;
import java.nio.file.Path;

/** The shim's runtime, behind a wrapper that hangs where the words of a call have a pattern in them. */
final class HangingRuntime {

    /** The further process of this id is the one whose start hangs: both shims have it in the name of a pid file. */
    static final String EXEC = "hung";

    private final Shim shim;
    private final Path wrapper;
    private final Path pid;

    private HangingRuntime(Shim shim, String pattern, boolean after) {
        this.shim = shim;
        this.wrapper = shim.sandbox().work().resolve("hanging");
        this.pid = shim.sandbox().work().resolve("hangs");
        String runtimeOfShim = shim.runtimeOfShim();
        TestFiles.program(wrapper, "#!/bin/sh\n: >" + wrapper + ".called\ncase \" $* \" in *'" + pattern + "'*) " + (after ? runtimeOfShim + " \"$@\"; " : "")
                + "echo $$ >" + pid + ".new; mv " + pid + ".new " + pid + "; exec sleep 1000 ;; esac\nexec " + runtimeOfShim + " \"$@\"\n");
    }

    /** One that starts the further process {@link #EXEC} never. */
    static HangingRuntime beforeExec(Shim shim) {
        return new HangingRuntime(shim, EXEC + ".pid", false);
    }

    /** One that starts it, and does not end. */
    static HangingRuntime afterExec(Shim shim) {
        return new HangingRuntime(shim, EXEC + ".pid", true);
    }

    static HangingRuntime beforeCreate(Shim shim) {
        return new HangingRuntime(shim, " create ", false);
    }

    String path() {
        return wrapper.toString();
    }

    /** Waits for the call that hangs; without binary_name the test cannot be made. */
    void awaitHanging() {
        shim.eventually(this::isHanging, "the runtime has not been called so that it hangs");
    }

    boolean isHanging() {
        return Files.exists(pid);
    }

    void wasCalled() {
        Expect.needs(Files.exists(Path.of(wrapper + ".called")), "the shim does not call the runtime of binary_name");
    }

    boolean hangs() {
        return shim.isAlive(Long.parseLong(shim.sandbox().read(pid).strip()));
    }
}
