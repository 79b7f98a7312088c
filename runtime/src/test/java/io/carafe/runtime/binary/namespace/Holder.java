package io.carafe.runtime.binary.namespace;

import io.carafe.spec.linux.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A process that does nothing but hold namespaces, for containers that join them. */
public final class Holder implements AutoCloseable {

    private final Process outer;
    private final long pid;

    private Holder(Process outer, long pid) {
        this.outer = outer;
        this.pid = pid;
    }

    /** New pid, network, ipc, uts, cgroup and time namespaces. */
    public static Holder start() throws Exception {
        Process outer = new ProcessBuilder("unshare", "--pid", "--net", "--ipc", "--uts", "--cgroup", "--time", "--fork", "--kill-child",
                "sleep", "1000").start();
        return new Holder(outer, child(outer));
    }

    private static long child(Process outer) throws IOException {
        while (true) {
            String children = Files.readString(Path.of("/proc/" + outer.pid() + "/task/" + outer.pid() + "/children")).strip();
            if (!children.isEmpty() && command(Long.parseLong(children)).startsWith("sleep")) {
                return Long.parseLong(children);
            }
            Thread.onSpinWait();
        }
    }

    /** A new user namespace with one range. @param further options of unshare(1) */
    static Holder ofUsers(IdMapping range, String... further) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("unshare", "--user"));
        command.addAll(List.of(further));
        command.addAll(List.of("sleep", "1000"));
        Process outer = new ProcessBuilder(command).start();
        boolean forks = command.contains("--fork");
        while (!forks && !command(outer.pid()).startsWith("sleep")) {
            Thread.onSpinWait();
        }
        Holder holder = new Holder(outer, forks ? child(outer) : outer.pid());
        for (String map : List.of("uid_map", "gid_map")) {
            Files.writeString(Path.of("/proc/" + outer.pid() + "/" + map), range.containerID() + " " + range.hostID() + " " + range.size());
        }
        return holder;
    }

    private static String command(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    /** @param file {@code net} */
    public String path(String file) {
        return "/proc/" + pid + "/ns/" + file;
    }

    /** As readlink prints it. */
    String link(String file) throws IOException {
        return Files.readSymbolicLink(Path.of(path(file))).toString();
    }

    @Override
    public void close() throws InterruptedException {
        outer.destroyForcibly(); // unshare(1) blocks SIGTERM while it waits; its child dies with it
        outer.waitFor();
    }
}
