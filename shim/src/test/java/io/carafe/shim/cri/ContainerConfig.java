package io.carafe.shim.cri;

import io.carafe.runtime.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** runtime.v1.ContainerConfig of a container of a pod, whose process is a script. */
final class ContainerConfig {

    /** runtime.v1.MountPropagation. */
    enum Propagation {
        PRIVATE, HOST_TO_CONTAINER, BIDIRECTIONAL
    }

    /** runtime.v1.SecurityProfile.ProfileType. */
    enum Profile {
        RUNTIME_DEFAULT, UNCONFINED, LOCALHOST
    }

    private final List<Consumer<ProtoWriter>> fields = new ArrayList<>();
    private final List<Consumer<ProtoWriter>> resources = new ArrayList<>();
    private final List<Consumer<ProtoWriter>> security = new ArrayList<>();
    private final List<Consumer<ProtoWriter>> capabilities = new ArrayList<>();
    private final PodConfig pod;
    private final String name;
    private PodConfig.Mode pids;
    private String target = "";
    private List<String> command = List.of();

    private ContainerConfig(PodConfig pod, String name) {
        this.pod = pod;
        this.name = name;
        pids = pod.pids();
    }

    static ContainerConfig container(PodConfig pod, String name, String script) {
        return new ContainerConfig(pod, name).words("sh", "-c", script);
    }

    ContainerConfig words(String... words) {
        command = List.of(words);
        return this;
    }

    private ContainerConfig field(Consumer<ProtoWriter> field) {
        fields.add(field);
        return this;
    }

    private ContainerConfig security(Consumer<ProtoWriter> field) {
        security.add(field);
        return this;
    }

    private ContainerConfig resource(Consumer<ProtoWriter> field) {
        resources.add(field);
        return this;
    }

    /** The pid namespace of another container of the pod. */
    ContainerConfig target(String container) {
        pids = PodConfig.Mode.TARGET;
        target = container;
        return this;
    }

    ContainerConfig directory(String path) {
        return field(config -> config.text(5, path));
    }

    ContainerConfig variable(String key, String value) {
        return field(config -> config.message(6, variable -> {
            variable.text(1, key);
            variable.text(2, value);
        }));
    }

    ContainerConfig mount(Object source, String target, boolean readOnly, Propagation propagation) {
        return field(config -> config.message(7, mount -> {
            mount.text(1, target);
            mount.text(2, source.toString());
            mount.bool(3, readOnly);
            mount.integer(5, propagation.ordinal());
        }));
    }

    ContainerConfig mount(Object source, String target) {
        return mount(source, target, false, Propagation.PRIVATE);
    }

    ContainerConfig device(String source, String target, String permissions) {
        return field(config -> config.message(8, device -> {
            device.text(1, target);
            device.text(2, source);
            device.text(3, permissions);
        }));
    }

    ContainerConfig input() {
        return field(config -> config.bool(12, true));
    }

    ContainerConfig terminal() {
        return field(config -> config.bool(14, true));
    }

    ContainerConfig cpu(long shares, long quota, long period) {
        return resource(limits -> {
            limits.integer(1, period);
            limits.integer(2, quota);
            limits.integer(3, shares);
        });
    }

    /** @param limit in bytes */
    ContainerConfig memory(long limit) {
        return resource(limits -> limits.integer(4, limit));
    }

    ContainerConfig oomScore(int adjustment) {
        return resource(limits -> limits.integer(5, adjustment));
    }

    ContainerConfig addCapability(String capability) {
        capabilities.add(sets -> sets.text(1, capability));
        return this;
    }

    ContainerConfig dropCapability(String capability) {
        capabilities.add(sets -> sets.text(2, capability));
        return this;
    }

    ContainerConfig privileged() {
        return security(context -> context.bool(2, true));
    }

    ContainerConfig user(long uid) {
        return security(context -> context.message(5, value -> value.integer(1, uid)));
    }

    ContainerConfig userName(String user) {
        return security(context -> context.text(6, user));
    }

    ContainerConfig readOnlyRoot() {
        return security(context -> context.bool(7, true));
    }

    ContainerConfig groups(long... gids) {
        return security(context -> context.integers(8, gids));
    }

    ContainerConfig noNewPrivileges() {
        return security(context -> context.bool(11, true));
    }

    ContainerConfig group(long gid) {
        return security(context -> context.message(12, value -> value.integer(1, gid)));
    }

    ContainerConfig maskedPath(String path) {
        return security(context -> context.text(13, path));
    }

    ContainerConfig readOnlyPath(String path) {
        return security(context -> context.text(14, path));
    }

    /** @param file of a profile that lies on the node, where the type is LOCALHOST */
    ContainerConfig seccomp(Profile type, Object file) {
        return security(context -> context.message(15, profile -> {
            profile.integer(1, type.ordinal());
            profile.text(2, file.toString());
        }));
    }

    void write(ProtoWriter config) {
        config.message(1, metadata -> metadata.text(1, name));
        config.message(2, image -> image.text(1, Containerd.IMAGE));
        command.forEach(word -> config.text(3, word));
        fields.forEach(field -> field.accept(config));
        config.text(11, name + ".log");
        config.message(15, linux -> {
            linux.message(1, limits -> resources.forEach(field -> field.accept(limits)));
            linux.message(2, context -> {
                if (!capabilities.isEmpty()) {
                    context.message(1, sets -> capabilities.forEach(field -> field.accept(sets)));
                }
                context.message(3, options -> pod.namespaces(options, pids, target));
                security.forEach(field -> field.accept(context));
            });
        });
    }
}
