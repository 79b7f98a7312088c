package io.carafe.shim.action;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.shim.bundle.BundleFiles;
import io.carafe.shim.child.Children;
import io.carafe.shim.child.Runtime;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.ProcessId;
import io.carafe.shim.message.Responses;
import io.carafe.shim.message.Timestamp;
import io.carafe.shim.name.AbsolutePath;
import io.carafe.shim.sandbox.PodFiles;
import io.carafe.shim.sandbox.SandboxService;
import io.carafe.shim.snapshot.Rootfs;
import io.carafe.shim.task.RuntimeBinary;
import io.carafe.shim.task.TaskService;
import io.carafe.shim.ttrpc.Client;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The action {@code delete}: the shim has gone, and what it left of a container is ended and removed.
 *
 * <p>Each thing is tried, whatever became of the one before, and what fails is told: containerd logs it and forgets the container.
 */
final class Delete {

    private static final int KILLED = 128 + Signal.SIGKILL.number;
    private static final int MOST = 1 << 16;
    private static final long PATIENCE_MILLIS = 10_000;
    private static final int TRIES = 5;
    private static final String UNIX = "unix://";

    private final Linux linux;
    private final Words words;

    Delete(Linux linux, Words words) {
        this.linux = linux;
        this.words = words;
    }

    byte[] message() {
        String id = words.identifier(Words.Flag.ID);
        String namespace = words.identifier(Words.Flag.NAMESPACE);
        String bundle = words.value(Words.Flag.BUNDLE).isEmpty() ? sibling(id) : AbsolutePath.of("shim bundle", words.value(Words.Flag.BUNDLE));
        BundleFiles files = new BundleFiles(linux, bundle);
        PodFiles sandbox = new PodFiles(linux, bundle);
        Map<String, String> containers = new LinkedHashMap<>();
        attempt(() -> containers.putAll(sandbox.containers())); // of these nobody calls an action, as their shim was that of the sandbox
        containers.forEach((container, itsBundle) -> end(namespace, itsBundle, container));
        end(namespace, bundle, id);
        attempt(() -> {
            String directory = AbsolutePath.orEmpty("socket-dir in the bundle", files.readIfPresent(Start.SOCKET_DIRECTORY_FILE, MOST)
                    .map(text -> new String(text, StandardCharsets.UTF_8)).orElse(""));
            leaveSocket(id, sandbox.isThere() ? Optional.of(containers.keySet()) : Optional.empty(), directory, files.readIfPresent("address", MOST).map(address -> new String(address, StandardCharsets.UTF_8))
                    .orElseGet(() -> UNIX + socket(directory, namespace, bundle, id)));
        });
        attempt(sandbox::remove); // what holds its namespaces has ended with the shim
        int[] pid = new int[1];
        attempt(() -> files.readIfPresent("init.pid", MOST).ifPresent(text -> pid[0] = Runtime.pid(files.path("init.pid"), text)));
        return Responses.Deleted.TABLE.write(new Responses.Deleted(pid[0], KILLED, Optional.of(Timestamp.now())));
    }

    /** Without the file, which is written before the runtime is called, there is no container, and maybe no runtime of the default name. */
    private void end(String namespace, String bundle, String id) {
        attempt(() -> new BundleFiles(linux, bundle).readIfPresent(TaskService.OPTIONS_FILE, MOST).map(Options.TABLE::read)
                .ifPresent(options -> delete(namespace, bundle, id, options.checked())));
        attempt(() -> new Rootfs(linux, bundle).unmountAll());
    }

    /** Where it is before {@code start} has written it down, from which a killed one has gone. */
    private String socket(String directory, String namespace, String bundle, String id) {
        return ShimGroup.socket(directory, words.value(Words.Flag.ADDRESS), namespace, ShimGroup.of(linux, bundle, id));
    }

    private String sibling(String id) {
        String directory = linux.paths.getcwd();
        return directory.substring(0, directory.lastIndexOf('/') + 1) + id;
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            warn(Failures.asException(e));
        }
    }

    private void delete(String namespace, String bundle, String id, Options options) {
        long mask = linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, 0);
        try (Loop loop = new Loop(linux, this::warn)) {
            Runtime runtime = new Runtime(linux, new Children(linux, loop, mask), RuntimeBinary.of(linux, options, RuntimeBinary.besideShim(linux)),
                    options, namespace, bundle, id);
            runtime.delete(true, outcome -> {
                loop.stop();
                outcome.complaint().ifPresent(complaint -> warn(new IllegalStateException("delete " + id + ": " + complaint)));
            });
            loop.run();
        }
    }

    /** On stderr, which containerd logs. */
    private void warn(RuntimeException e) {
        ShimLog.complain(linux, e);
    }

    /** Whatever is no socket of a shim's stays. @param pod the containers of a sandbox; empty: it is none */
    private void leaveSocket(String id, Optional<Set<String>> pod, String directory, String address) {
        if (!address.startsWith(UNIX) || !ShimGroup.isSocket(directory, address.substring(UNIX.length()))) {
            throw new IllegalArgumentException("address: expected that of a shim, found \"" + address + '"');
        }
        String socket = address.substring(UNIX.length());
        try {
            for (int tries = TRIES; tries > 0 && !isTold(socket, id, pod); tries--) {
                continue; // one that is just ending takes connections still
            }
        } catch (KernelException e) {
            if (e.is(Errno.ECONNREFUSED)) {
                linux.paths.unlinkat(Fd.CWD, socket, 0);
            } else if (!e.is(Errno.ENOENT) && !e.is(Errno.EAGAIN)) { // gone already; EAGAIN: many wait for who serves there
                throw e;
            }
        }
    }

    /**
     * A shim that containerd lost the connection to, and that lives: it forgets the container, and ends where it has no other; others of the
     * group it goes on to serve.
     *
     * @return false where the connection has ended without an answer
     */
    private boolean isTold(String socket, String id, Optional<Set<String>> pod) {
        boolean[] answered = new boolean[1];
        boolean[] ended = new boolean[1];
        linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, Signal.bit(Signal.SIGPIPE.number));
        try (Loop loop = new Loop(linux, this::warn)) {
            Client client = new Client(linux, loop, socket, () -> {
                ended[0] = true;
                loop.stop();
            });
            byte[] request = ProcessId.TABLE.write(new ProcessId(id, ""));
            pod.orElse(Set.of()).forEach(container ->
                    client.call(TaskService.NAME, "Delete", ProcessId.TABLE.write(new ProcessId(container, "")), deleted -> { }));
            client.call(pod.isPresent() ? SandboxService.NAME : TaskService.NAME, pod.isPresent() ? "ShutdownSandbox" : "Delete", request, first -> {
                answered[0] = true;
                client.call(TaskService.NAME, "Shutdown", request, asked -> loop.stop());
            });
            loop.after(PATIENCE_MILLIS, loop::stop);
            loop.run();
            boolean told = answered[0] || !ended[0];
            client.close();
            return told;
        }
    }
}
