package io.carafe.shim.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.door.FaultPoint;
import io.carafe.linux.door.FaultSample;
import io.carafe.linux.door.FaultyKernel.CountedCall;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.ExecProcess;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.Responses;
import io.carafe.shim.ttrpc.Response;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.process.Process;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole life of a shim, from the action start to the action delete, again and again, while another of its system calls fails each
 * time, or kills it: what containerd does then leaves nothing, and whatever is said is one line.
 *
 * <p>Uses the image whose door can fail (FaultyShim). Stages are the action start ({@code parent}), the serving process ({@code init} before
 * it executes itself, {@code init+} after), and each of its children until it executes the runtime.
 */
@Tag("faults")
class ShimFaultIT {

    private static final int SHOWN = 12;
    private static final List<String> CALLS = List.of("Create", "Start", "State", "Exec", "Start e", "Wait e", "Delete e", "Pids", "Stats", "Kill",
            "Wait", "Delete");

    @TempDir
    Path directory;
    private TestShim shim;
    private TaskBundle bundle;
    private Path image;
    private List<String> files;
    /** Of a serving process that has no container any more; 0 before they have been counted. */
    private int descriptors;
    /** What was said to be wrong while one life lasted. */
    private final List<String> unclear = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        assumeTrue(!Boolean.getBoolean("carafe.skipTestImages"), "the image whose door can fail was not built");
        shim = new TestShim(directory, TestShim.carafe());
        bundle = shim.bundle("fault", "exec sleep 1000");
        image = Files.move(bundle.path().resolve("rootfs"), directory.resolve("image"));
        Files.createDirectory(bundle.path().resolve("rootfs"));
        files = names(bundle.path());
    }

    @AfterEach
    void close() throws IOException {
        clear();
        shim.wire.close();
    }

    private interface Life {

        void live(String fault, Path calls);
    }

    @TestFactory
    Stream<DynamicTest> a_life_leaves_nothing_whichever_call_fails() throws IOException {
        return everyCallOf("life", this::live);
    }

    @TestFactory
    Stream<DynamicTest> the_action_delete_can_be_done_again_whichever_call_fails() throws IOException {
        return everyCallOf("delete", this::deleteAfterKill);
    }

    private Stream<DynamicTest> everyCallOf(String name, Life life) throws IOException {
        Path calls = directory.resolve("calls");
        life.live("", calls);
        nothingIsLeft();
        assertEquals(List.of(), unclear);
        Map<String, List<FaultPoint>> stages = FaultPoint.byStage(CountedCall.parse(Files.readString(calls)));
        List<DynamicTest> tests = new ArrayList<>();
        stages.forEach((stage, sample) -> tests.add(DynamicTest.dynamicTest(name + ": " + stage + ", " + sample.size() + " points",
                () -> tryAll(name + ": " + stage, sample, life))));
        return tests.stream();
    }

    private void tryAll(String name, List<FaultPoint> sample, Life life) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (FaultPoint point : sample) {
            unclear.clear();
            Path calls = directory.resolve("calls");
            Files.deleteIfExists(calls);
            try {
                life.live(point.toString(), calls);
                nothingIsLeft();
                assertEquals(List.of(), unclear);
            } catch (AssertionError | RuntimeException e) {
                wrong.add(point + " " + point.call().name() + ": " + e.getMessage());
                clear();
            }
        }
        FaultSample.report("shim " + name, sample.size(), wrong.size());
        assertTrue(wrong.isEmpty(), () -> wrong.size() + " of " + sample.size() + " points are wrong:\n"
                + String.join("\n", wrong.subList(0, Math.min(SHOWN, wrong.size()))));
    }

    /** A shim that was killed while its container runs: what a first clean-up, which fails, leaves is removed by a second. */
    private void deleteAfterKill(String fault, Path calls) {
        shim.by(TestShim.binary(), Map.of());
        assertEquals(0, shim.startAction(bundle).code());
        shim.connect("unix://" + socket());
        assertTrue(isOk(ask("Create")) && isOk(ask("Start")));
        shim.wire.linux.processes.kill(shim.shimPid(), 9);
        shim.wire.turnUntil(shim::isGone);
        TestShim.Result first = shim.by(faulty(), Map.of("CARAFE_CALLS", calls.toString(), "CARAFE_FAULT", fault)).deleteAction(bundle);
        first.err().lines().forEach(line -> isLine(line + "\n"));
        if (first.code() == 1) {
            isLine(first.err());
        }
        TestShim.Result second = shim.by(TestShim.binary(), Map.of()).deleteAction(bundle);
        assertEquals(0, second.code(), second::err);
        assertEquals("", second.err());
    }

    /** As containerd has it: where a call fails the next one is made all the same, and whatever became of them, it cleans up. */
    private void live(String fault, Path calls) {
        shim.by(faulty(), Map.of("CARAFE_CALLS", calls.toString(), "CARAFE_FAULT", fault));
        TestShim.Result started = shim.startAction(bundle);
        shim.by(TestShim.binary(), Map.of());
        if (started.code() == 0 && isConnected(started.text())) {
            boolean good = true;
            for (String call : CALLS) {
                if (good || !call.startsWith("Wait")) { // else it would wait for what was not begun
                    good = isOk(ask(call));
                }
            }
            end();
        } else if (started.code() == 1) {
            isLine(started.err());
        }
        TestShim.Result deleted = shim.deleteAction(bundle);
        assertEquals(0, deleted.code(), deleted::err);
        assertEquals("", deleted.err());
    }

    private static Path faulty() {
        return Path.of(System.getProperty("carafe.faultyShim"));
    }

    private boolean isConnected(String address) {
        try {
            shim.connect(address);
            return true;
        } catch (KernelException e) {
            unclear.addAll(e.is(Errno.ECONNREFUSED) || e.is(Errno.ENOENT) ? List.of() : List.of(e.getMessage())); // it was killed
            return false;
        }
    }

    /** What is left over is ended once more, without a fault; then the shim ends, having no container. */
    private void end() {
        for (int round = 0; round < 2; round++) { // the fault may come in the first
            ask("Delete e");
            if (isOk(ask("Kill"))) {
                ask("Wait");
            }
            ask("Delete");
        }
        Optional<Response> connected = ask("Connect");
        if (isOk(connected)) {
            int open = names(Path.of("/proc/" + Responses.Connected.TABLE.read(connected.get().payload()).shimPid() + "/fd")).size();
            descriptors = descriptors == 0 ? open : descriptors;
            if (open > descriptors) {
                unclear.add(open + " descriptors in the place of " + descriptors);
            }
        }
        if (ask("Shutdown").isPresent()) {
            shim.wire.turnUntil(shim::isGone);
        }
    }

    private Optional<Response> ask(String call) {
        String[] words = call.split(" ");
        Optional<Response> answer = shim.isGone() ? Optional.empty() : shim.answerOrEnd(words[0], request(words[0], words.length > 1 ? words[1] : ""));
        answer.ifPresent(this::isClear);
        return answer;
    }

    private static boolean isOk(Optional<Response> answer) {
        return answer.isPresent() && answer.get().isOk();
    }

    private byte[] request(String method, String exec) {
        return switch (method) {
            case "Create" -> CreateTask.TABLE.write(new CreateTask(bundle.id(), bundle.path().toString(), List.of(
                    new CreateTask.Mount("bind", image.toString(), "", List.of("rbind", "rw")),
                    new CreateTask.Mount("tmpfs", "faults", "tmp", List.of("size=1m"))), false, "", "", "", "",
                    CreateTask.TABLE.read(shim.createRequest(bundle, false, "", "", "")).options()));
            case "Exec" -> ExecProcess.TABLE.write(new ExecProcess(bundle.id(), "e", false, "", "", "", Optional.of(new Any(Options.TYPE,
                    ProcessJson.PROCESS.compact(process())))));
            case "Kill" -> TestShim.signal(bundle.id(), 9);
            case "Shutdown" -> new byte[0];
            default -> TestShim.id(bundle.id(), exec);
        };
    }

    private static Process process() {
        return DefaultConfig.rootful().process().orElseThrow().withTerminal(false).withArgs(List.of("true"));
    }

    private void isClear(Response response) {
        response.status().ifPresent(status -> isLine(status.message() + "\n"));
    }

    private void isLine(String text) {
        if (text.indexOf('\n') != text.length() - 1 || text.isBlank() || text.contains("Exception") || text.contains("java.")) {
            unclear.add("not a clear line: " + text);
        }
    }

    private void nothingIsLeft() {
        shim.wire.turnUntil(() -> processes().isEmpty());
        assertEquals(List.of(), mounts(), "mounts");
        assertEquals(List.of(), cgroups(), "cgroups");
        assertEquals(List.of(), names(directory.resolve("state").resolve(TestShim.NAMESPACE)), "state directories");
        List<String> left = new ArrayList<>(names(bundle.path()));
        left.removeAll(files);
        // Those go with the bundle, as those of an exec; one that is unfinished has a dot before its name.
        left.removeIf(name -> name.matches("\\.?(address|options\\.pb|init\\.pid|log\\.json|exec-.*)"));
        assertEquals(List.of(), left, "files of the bundle");
        assertTrue(!Files.exists(socket()), "the socket is left");
        for (String name : names(bundle.path())) {
            if (!files.contains(name)) {
                bundle.path().resolve(name).toFile().delete();
            }
        }
    }

    /** As the shim names it. */
    private Path socket() {
        try {
            byte[] name = (shim.wire.path() + "/" + TestShim.NAMESPACE + "/" + bundle.id()).getBytes(StandardCharsets.UTF_8);
            return Path.of("/run/containerd/s", HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private void clear() throws IOException {
        for (String process : processes()) {
            ProcessHandle.of(Long.parseLong(process.split(" ")[0])).ifPresent(ProcessHandle::destroyForcibly);
        }
        shim.by(TestShim.binary(), Map.of()).deleteAction(bundle);
        shim.wire.turnUntil(() -> processes().isEmpty());
        for (String name : names(bundle.path())) {
            if (!files.contains(name)) {
                Files.deleteIfExists(bundle.path().resolve(name));
            }
        }
    }

    private List<String> mounts() {
        return lines(Path.of("/proc/self/mountinfo")).stream().map(line -> line.split(" ")[4]).filter(place -> place.startsWith(directory + "/")).toList();
    }

    private List<String> cgroups() {
        List<String> left = new ArrayList<>();
        for (String hierarchy : names(Path.of("/sys/fs/cgroup"))) {
            Path cgroup = Path.of("/sys/fs/cgroup", hierarchy, bundle.cgroup());
            if (Files.isDirectory(cgroup)) {
                left.add(cgroup.toString());
            }
        }
        return left;
    }

    /** Those whose command line names the shim's socket of events, the bundle or the container. */
    private List<String> processes() {
        return ProcessHandle.allProcesses().filter(process -> process.pid() != ProcessHandle.current().pid()).filter(process -> {
            String line = process.info().commandLine().orElse("");
            return line.contains(shim.wire.path()) || line.contains(bundle.path().toString()) || lines(Path.of("/proc/" + process.pid() + "/cgroup")).stream()
                    .anyMatch(cgroup -> cgroup.endsWith("/" + bundle.cgroup()));
        }).map(process -> process.pid() + " " + process.info().commandLine().orElse("")).toList();
    }

    private static List<String> names(Path path) {
        try (Stream<Path> all = Files.list(path)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    private static List<String> lines(Path path) {
        try {
            return Files.readAllLines(path);
        } catch (IOException gone) {
            return List.of();
        }
    }
}
