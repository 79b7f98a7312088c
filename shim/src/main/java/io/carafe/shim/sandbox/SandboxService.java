package io.carafe.shim.sandbox;

import io.carafe.linux.abi.Arch;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.shim.bundle.BundleFiles;
import io.carafe.shim.child.Children;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.Timestamp;
import io.carafe.shim.name.AbsolutePath;
import io.carafe.shim.name.Identifier;
import io.carafe.shim.sandbox.holder.Holder;
import io.carafe.shim.sandbox.message.Pair;
import io.carafe.shim.sandbox.message.SandboxRequests;
import io.carafe.shim.sandbox.message.SandboxResponses;
import io.carafe.shim.stat.Metrics;
import io.carafe.shim.task.Pod;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;
import io.carafe.shim.ttrpc.Reply;
import io.carafe.shim.ttrpc.Server;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import java.util.List;
import java.util.Optional;

/** containerd.runtime.sandbox.v1.Sandbox. A shim has one sandbox at most, in which there are the containers of its task service. */
public final class SandboxService implements Server.Service, Pod {

    public static final String NAME = "containerd.runtime.sandbox.v1.Sandbox";

    private static final String CONFIG = "config.json";
    private static final byte[] EMPTY = {};

    private final Linux linux;
    private final Loop loop;
    private final Children children;
    private final Runnable gone;
    private Optional<Sandbox> sandbox = Optional.empty();

    /** @param gone called when somebody has asked for the end of the shim, and no sandbox is there any more */
    public SandboxService(Linux linux, Loop loop, Children children, Runnable gone) {
        this.linux = linux;
        this.loop = loop;
        this.children = children;
        this.gone = gone;
    }

    /** Whether there is no sandbox, so that the shim may end. */
    public boolean isEmpty() {
        return sandbox.isEmpty();
    }

    @Override
    public void call(String service, String method, byte[] payload, Reply reply) {
        switch (method) {
            case "CreateSandbox" -> create(SandboxRequests.Create.TABLE.read(payload), reply);
            case "StartSandbox" -> start(sandbox(payload), reply);
            case "Platform" -> platform(sandbox(payload), reply);
            case "StopSandbox" -> stop(sandbox(SandboxRequests.Stop.TABLE.read(payload).id()), reply);
            case "WaitSandbox" -> wait(sandbox(payload), reply);
            case "SandboxStatus" -> status(SandboxRequests.Status.TABLE.read(payload), reply);
            case "PingSandbox" -> ping(sandbox(payload), reply);
            case "SandboxMetrics" -> metrics(sandbox(payload), reply);
            case "ShutdownSandbox" -> shutdown(SandboxRequests.Id.TABLE.read(payload).id(), reply);
            default -> throw new CallException(Code.UNIMPLEMENTED, "method " + method);
        }
    }

    /** Gives it the pod's files, and systemd's cgroups where the pod's is one of these: containerd has no option that says it with a sandbox. */
    @Override
    public Options prepare(String container, BundleFiles bundle, Options options) {
        if (sandbox.filter(here -> here.stage() == Sandbox.Stage.HELD).isEmpty()) {
            return options;
        }
        Sandbox here = sandbox.get();
        here.files.remember(container, bundle.directory());
        byte[] json = bundle.readIfPresent(CONFIG, JsonReader.MAX_LENGTH).orElse(EMPTY);
        byte[] changed = PodMounts.add(json, here.files, here.plan.files().memory(), NamespaceKind.IPC.fileOf(here.pid()));
        if (changed != json) {
            bundle.write(CONFIG, changed);
        }
        return here.plan.cgroup().isSystemd() ? options.withSystemdCgroup() : options;
    }

    @Override
    public void removed(String container) {
        sandbox.ifPresent(here -> here.files.forget(container));
    }

    private Sandbox sandbox(byte[] payload) {
        return sandbox(SandboxRequests.Id.TABLE.read(payload).id());
    }

    private Sandbox sandbox(String id) {
        return sandbox.filter(here -> here.id.equals(id)).orElseThrow(() -> new CallException(Code.NOT_FOUND, "sandbox " + id + " not found"));
    }

    private void create(SandboxRequests.Create request, Reply reply) {
        Identifier.of("sandbox_id", request.id());
        AbsolutePath.of("bundle_path", request.bundle());
        if (sandbox.isPresent()) {
            throw new CallException(Code.ALREADY_EXISTS, "sandbox " + sandbox.get().id + " is there already, and a shim has one");
        }
        SandboxPlan plan;
        try {
            plan = SandboxPlan.of(request, SandboxConfig.readIfPresent(new BundleFiles(linux, request.bundle())));
        } catch (IllegalArgumentException | SpecException e) {
            throw new CallException(Code.INVALID_ARGUMENT, Failures.message(e));
        }
        PodFiles files = new PodFiles(linux, request.bundle());
        try {
            files.make(plan.files());
        } catch (RuntimeException | Error e) {
            try {
                files.remove();
            } catch (RuntimeException also) {
                e.addSuppressed(also);
            }
            throw e;
        }
        sandbox = Optional.of(new Sandbox(request.id(), plan, files, new Holder(linux, loop, children)));
        reply.ok(EMPTY);
    }

    private void start(Sandbox asked, Reply reply) {
        if (asked.stage() != Sandbox.Stage.CREATED) {
            throw new CallException(Code.FAILED_PRECONDITION, "sandbox " + asked.id + " has been started");
        }
        asked.start(complaint -> {
            if (complaint.isPresent()) {
                reply.fail(Code.UNKNOWN, complaint.get());
            } else {
                reply.ok(SandboxResponses.Started.TABLE.write(new SandboxResponses.Started(asked.pid(), Optional.of(asked.createdAt))));
            }
        });
    }

    private static void platform(Sandbox asked, Reply reply) {
        reply.ok(SandboxResponses.Platform.RESPONSE.write(
                Optional.of(new SandboxResponses.Platform("linux", Arch.HERE == Arch.X86_64 ? "amd64" : "arm64"))));
    }

    /** Nothing in it could do anything with a time to end in. */
    private static void stop(Sandbox asked, Reply reply) {
        asked.whenEnded(() -> reply.ok(EMPTY));
        asked.stop();
    }

    private static void wait(Sandbox asked, Reply reply) {
        asked.whenEnded(() -> reply.ok(SandboxResponses.Ended.TABLE.write(new SandboxResponses.Ended(asked.exitStatus(), asked.exitedAt()))));
    }

    private void status(SandboxRequests.Status request, Reply reply) {
        Sandbox asked = sandbox(request.id());
        List<Pair> info = request.verbose() ? List.of(new Pair("info", asked.info())) : List.of();
        reply.ok(SandboxResponses.Status.TABLE.write(new SandboxResponses.Status(asked.id, asked.pid(), asked.state(), info,
                Optional.of(asked.createdAt), asked.exitedAt())));
    }

    private static void ping(Sandbox asked, Reply reply) {
        if (asked.stage() == Sandbox.Stage.ENDED) {
            throw new CallException(Code.FAILED_PRECONDITION, "sandbox " + asked.id + " has ended");
        }
        reply.ok(EMPTY);
    }

    /** Of the cgroup that the pod has from others, in which all its containers are: the holder is in none of its own. */
    private void metrics(Sandbox asked, Reply reply) {
        if (asked.stage() != Sandbox.Stage.HELD) {
            throw new CallException(Code.FAILED_PRECONDITION, "sandbox " + asked.id + " does not run");
        }
        Any counters = Metrics.read(linux, asked.plan.cgroup().paths(linux), asked.pid());
        reply.ok(SandboxResponses.Metric.RESPONSE.write(
                Optional.of(new SandboxResponses.Metric(Optional.of(Timestamp.now()), asked.id, Optional.of(counters)))));
    }

    /** Also of one that is not there: a creation that failed is followed by this, and nobody else would end the shim. */
    private void shutdown(String id, Reply reply) {
        if (sandbox.isEmpty()) {
            reply.ok(EMPTY);
            gone.run();
            return;
        }
        Sandbox asked = sandbox(id);
        asked.whenEnded(() -> {
            try {
                asked.files.remove();
                sandbox = Optional.empty();
                reply.ok(EMPTY);
            } catch (RuntimeException | Error e) {
                reply.fail(Failures.asException(e));
                return;
            }
            gone.run();
        });
        asked.stop();
    }
}
