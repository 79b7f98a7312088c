package io.carafe.shim.cri;

import io.carafe.runtime.protobuf.ProtoWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** runtime.v1.PodSandboxConfig: a pod in the node's network with its own IPC, until a test says otherwise. */
final class PodConfig {

    /** runtime.v1.NamespaceMode. */
    enum Mode {
        POD, CONTAINER, NODE, TARGET
    }

    private static int count;

    private final List<Consumer<ProtoWriter>> fields = new ArrayList<>();
    private final List<Consumer<ProtoWriter>> linux = new ArrayList<>();
    private final List<Consumer<ProtoWriter>> security = new ArrayList<>();
    private final int number = ++count;
    private Mode network = Mode.NODE;
    private Mode pids = Mode.CONTAINER;
    private Mode ipc = Mode.POD;
    private int users;

    static PodConfig pod() {
        return new PodConfig();
    }

    PodConfig network(Mode mode) {
        network = mode;
        return this;
    }

    PodConfig pids(Mode mode) {
        pids = mode;
        return this;
    }

    PodConfig ipc(Mode mode) {
        ipc = mode;
        return this;
    }

    /** Ids from 0 on become those from this one on. */
    PodConfig users(int firstHostId) {
        users = firstHostId;
        return this;
    }

    PodConfig hostname(String name) {
        fields.add(config -> config.text(2, name));
        return this;
    }

    PodConfig nameServer(String address, String search) {
        fields.add(config -> config.message(4, dns -> {
            dns.text(1, address);
            dns.text(2, search);
        }));
        return this;
    }

    PodConfig sysctl(String key, String value) {
        linux.add(config -> config.message(3, entry -> {
            entry.text(1, key);
            entry.text(2, value);
        }));
        return this;
    }

    PodConfig privileged() {
        security.add(context -> context.bool(6, true));
        return this;
    }

    /** NamespaceOption, which the containers of a pod repeat. @param target the container whose pid namespace is joined, or empty */
    void namespaces(ProtoWriter options, Mode ofPids, String target) {
        options.integer(1, network.ordinal());
        options.integer(2, ofPids.ordinal());
        options.integer(3, ipc.ordinal());
        options.text(4, target);
        if (users != 0) {
            options.message(5, user -> {
                range(user, 2);
                range(user, 3);
            });
        }
    }

    private void range(ProtoWriter user, int field) {
        user.message(field, range -> {
            range.integer(1, users);
            range.integer(3, 65_536);
        });
    }

    Mode pids() {
        return pids;
    }

    void write(ProtoWriter config, Path logs) {
        config.message(1, metadata -> {
            metadata.text(1, "pod" + number);
            metadata.text(2, "uid" + number);
            metadata.text(3, "namespace");
        });
        config.text(3, logs.toString());
        fields.forEach(field -> field.accept(config));
        config.message(8, system -> {
            system.message(2, context -> {
                context.message(1, options -> namespaces(options, pids, ""));
                security.forEach(field -> field.accept(context));
            });
            linux.forEach(field -> field.accept(system));
        });
    }
}
