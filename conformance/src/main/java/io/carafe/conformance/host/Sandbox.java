package io.carafe.conformance.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * A small host inside the host, for one test: its own mounts (private), processes, cgroups, network, IPC, host name, /dev and /run. What a
 * runtime does in it ends with it, even when the runtime hangs, and when this program is killed.
 *
 * <p>Commands are run by a shell inside, one script each; it reads their numbers from a pipe, whose end is the sandbox's end.
 */
public final class Sandbox implements AutoCloseable {

    private static final long START_MILLIS = 180_000;
    private static final long LOOK_MILLIS = 100;
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Host host;
    private final Path work;
    private final CgroupTree cgroups;
    private final CommandOutput output;
    private final Process shell;
    private final Map<Integer, CompletableFuture<Integer>> running = new ConcurrentHashMap<>();
    private final Map<String, Path> cgroupRoots;
    private long init;
    private int commands;
    private long deadline;

    private Sandbox(Host host, Path work, Map<String, Path> cgroupRoots, Process shell) {
        this.host = host;
        this.work = work;
        this.cgroupRoots = cgroupRoots;
        this.cgroups = new CgroupTree(List.copyOf(cgroupRoots.values()));
        this.output = new CommandOutput(work.resolve("commands"));
        this.shell = shell;
    }

    /**
     * @param run the name of all sandboxes of this run
     * @param name of this one
     */
    static Sandbox open(Host host, Path directory, String run, String name) {
        Map<String, Path> roots = new HashMap<>();
        try {
            Path work = directory.resolve(name);
            Files.createDirectories(work.resolve("commands"), PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwxr-xr-x")));
            for (Hierarchy hierarchy : host.cgroups()) {
                roots.put(hierarchy.name(), hierarchy.make(run, name));
            }
            Path script = work.resolve("sandbox.sh");
            Files.writeString(script, SandboxScript.text(host, roots, work));
            Process shell = new ProcessBuilder("/bin/sh", script.toString())
                    .redirectError(work.resolve("sandbox.log").toFile()).start();
            Sandbox sandbox = new Sandbox(host, work, roots, shell);
            sandbox.awaitReady();
            sandbox.joinCaller();
            return sandbox;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On cgroup v2 the process that waits for the sandbox goes where its commands are: a cgroup with processes hands down no controllers. */
    private void joinCaller() throws IOException {
        for (Path root : cgroupRoots.values()) {
            Path caller = root.resolve(SandboxScript.CALLER).resolve("cgroup.procs");
            if (Files.exists(caller)) {
                Files.writeString(caller, Long.toString(shell.pid()));
            }
        }
    }

    /** The time of its test begins. @param limitMillis after so long no command is waited for any more */
    Sandbox begin(long limitMillis) {
        deadline = System.currentTimeMillis() + limitMillis;
        return this;
    }

    private void awaitReady() throws IOException {
        CompletableFuture<Long> ready = new CompletableFuture<>();
        BufferedReader lines = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(() -> {
            try {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String[] words = line.split(" ");
                    if (words[0].equals("ready")) {
                        ready.complete(Long.parseLong(words[1]));
                    } else {
                        running.computeIfAbsent(Integer.parseInt(words[0]), number -> new CompletableFuture<>())
                                .complete(Integer.parseInt(words[1]));
                    }
                }
            } catch (IOException | NumberFormatException broken) {
                ready.completeExceptionally(broken);
            }
            ready.completeExceptionally(new IOException("the sandbox has ended"));
        }, "sandbox");
        reader.setDaemon(true);
        reader.start();
        try {
            ready.get(START_MILLIS, TimeUnit.MILLISECONDS);
            // /proc/PID/root of the shell inside: its pid on this side is that of unshare's child.
            init = shell.toHandle().children().findFirst().map(ProcessHandle::pid).orElse(shell.pid());
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            String log = Files.readString(work.resolve("sandbox.log"));
            close();
            throw new IOException("no sandbox for the test: " + e.getMessage() + "\n" + log, e);
        }
    }

    /** The directory of this test, on the host and in the sandbox under one name. */
    public Path work() {
        return work;
    }

    public Host host() {
        return host;
    }

    /** A path of the sandbox as this process reaches it. */
    public Path inside(String path) {
        return Path.of("/proc/" + init + "/root" + path);
    }

    /** A cgroup as the sandbox has it, in the hierarchy of a v1 controller or of a name, or in the tree of v2 where the name is empty. */
    public Path cgroup(String hierarchy, String path) {
        Path root = cgroupRoots.get(hierarchy);
        if (root == null) {
            throw new IllegalArgumentException("no cgroup hierarchy " + hierarchy);
        }
        return Path.of(root + "/" + path).normalize();
    }

    /** A cgroup as the sandbox has it where that controller is: in its v1 hierarchy, or in the tree of v2. Empty where it is nowhere. */
    public Optional<Path> controlled(String controller, String path) {
        if (cgroupRoots.containsKey(controller)) {
            return Optional.of(cgroup(controller, path));
        }
        return host.cgroups().stream().filter(hierarchy -> hierarchy.unified() && List.of(read(cgroupRoots.get(hierarchy.name())
                .resolve("cgroup.controllers")).strip().split(" ")).contains(controller)).map(hierarchy -> cgroup(hierarchy.name(), path)).findFirst();
    }

    /** All hierarchies of the sandbox, by their names below /sys/fs/cgroup. */
    public List<String> hierarchies() {
        return cgroupRoots.keySet().stream().sorted().toList();
    }

    public CommandResult run(List<String> command) {
        return await(start(command, Map.of(), "/dev/null"));
    }

    public CommandResult sh(String script) {
        return run(List.of("/bin/sh", "-c", script));
    }

    /** A command that is not waited for. */
    public Running start(List<String> command, Map<String, String> environment, String stdin) {
        int number = ++commands;
        StringBuilder script = new StringBuilder("cd " + quoted(work.toString()) + "\nenv -i PATH=" + PATH + " HOME=/root");
        environment.forEach((name, value) -> script.append(' ').append(name).append('=').append(quoted(value)));
        command.forEach(word -> script.append(' ').append(quoted(word)));
        script.append(" <").append(quoted(stdin)).append(" >commands/").append(number).append(".out 2>commands/").append(number)
                .append(".err 8<&- 9>&-\necho ").append(number).append(" $? >&9\n");
        CompletableFuture<Integer> code = running.computeIfAbsent(number, absent -> new CompletableFuture<>());
        try {
            Files.writeString(work.resolve("commands/" + number), script);
            shell.getOutputStream().write((number + "\n").getBytes(StandardCharsets.UTF_8));
            shell.getOutputStream().flush();
        } catch (IOException e) {
            code.complete(CommandResult.TIMED_OUT);
        }
        return new Running(number, command, code);
    }

    /** A command that was started. */
    public record Running(int number, List<String> command, CompletableFuture<Integer> code) {
    }

    /** Its answer, once it has ended or the test's time is over. A command that writes without end does not end. */
    public CommandResult await(Running command) {
        int code = CommandResult.TIMED_OUT;
        do {
            try {
                code = command.code().get(Math.max(1, Math.min(LOOK_MILLIS, left())), TimeUnit.MILLISECONDS);
                break;
            } catch (TimeoutException goesOn) {
                // its output is looked at
            } catch (InterruptedException | ExecutionException e) {
                break;
            }
        } while (left() > 0 && !endsEndless());
        return new CommandResult(command.command(), code, out(command.number()), output.err(command.number()));
    }

    /** What a command has written to stdout so far; a container goes on writing after its create has ended. */
    public String out(int number) {
        return output.out(number);
    }

    /** The number of the command that was started last. */
    public int last() {
        return commands;
    }

    /** The bytes that a command has written to stdout. */
    public byte[] bytes(int number) {
        return output.bytes(number);
    }

    /** Waits until that is so. @return false when the test's time is over first */
    public boolean await(BooleanSupplier condition) {
        long look = System.currentTimeMillis() + LOOK_MILLIS;
        while (!condition.getAsBoolean()) {
            long now = System.currentTimeMillis();
            if (now >= deadline || now >= look && endsEndless()) {
                return false;
            }
            look = now >= look ? now + LOOK_MILLIS : look;
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** Kills all processes of the sandbox where one writes without end: its test is over. */
    private boolean endsEndless() {
        if (!output.isEndless(commands)) {
            return false;
        }
        shell.descendants().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly();
        deadline = 0;
        return true;
    }

    /** Of the test's time, in milliseconds. */
    public long left() {
        return deadline - System.currentTimeMillis();
    }

    /** A process of the sandbox is there and no zombie. */
    public boolean isAlive(long pid) {
        String status = read(inside("/proc/" + pid + "/stat"));
        int name = status.lastIndexOf(')');
        return name > 0 && status.length() > name + 2 && "ZX".indexOf(status.charAt(name + 2)) < 0;
    }

    public String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Ends everything in the sandbox. @return what could not be removed */
    public List<String> destroy() {
        List<String> left = new ArrayList<>();
        cgroups.thaw();
        shell.descendants().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly();
        try {
            if (!shell.waitFor(START_MILLIS, TimeUnit.MILLISECONDS)) {
                left.add("the sandbox's process " + shell.pid());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        left.addAll(cgroups.remove());
        FileTree.remove(work).ifPresent(left::add);
        return left;
    }

    @Override
    public void close() {
        destroy();
    }

    static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
