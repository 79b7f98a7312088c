package io.carafe.shim.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.abi.MountFlags;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.CreateTask.Mount;
import io.carafe.shim.message.ExecProcess;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.Requests;
import io.carafe.shim.ttrpc.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose names lead elsewhere: nothing of the host is mounted over, written to, waited for or removed by them. */
class HostileRequestIT {

    private static final int INVALID_ARGUMENT = 3;
    private static final List<String> RBIND = List.of("rbind", "rw");

    @TempDir
    Path directory;
    private TestShim shim;
    private Path host;
    private Path image;
    private TaskBundle bundle;
    private CreateTask plain;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        shim = new TestShim(directory, TestShim.carafe());
        host = Files.createDirectory(directory.resolve("host"));
        Files.writeString(host.resolve("file"), "host");
        bundle = shim.bundle("one", "exec sleep 1000");
        image = Files.move(bundle.path().resolve("rootfs"), directory.resolve("image"));
        plain = CreateTask.TABLE.read(shim.createRequest(bundle, false, "", "", ""));
    }

    @AfterEach
    void close() throws IOException {
        shim.close();
        List<String> left = mounts();
        Collections.reverse(left);
        left.forEach(place -> shim.wire.linux.mounts.umount2(place, MountFlags.MNT_DETACH | MountFlags.UMOUNT_NOFOLLOW));
        assertEquals(List.of(), left, "mounts that were left");
    }

    /** The places below the test's directory where something is mounted. */
    private List<String> mounts() throws IOException {
        return new ArrayList<>(Files.readAllLines(Path.of("/proc/self/mountinfo")).stream().map(line -> line.split(" ")[4])
                .filter(place -> place.startsWith(directory + "/")).toList());
    }

    private CreateTask asking(List<Mount> rootfs) {
        return new CreateTask("one", plain.bundle(), rootfs, false, "", "", "", "", plain.options());
    }

    private Mount theImage() {
        return new Mount("bind", image.toString(), "", RBIND);
    }

    private static Mount tmpfsAt(String target) {
        return new Mount("tmpfs", "evil", target, List.of("size=1m"));
    }

    private Response create(CreateTask request) {
        shim.start(bundle);
        return shim.answer("Create", CreateTask.TABLE.write(request));
    }

    private void end() {
        shim.kill("one", 9);
        shim.waitFor("one");
        shim.delete("one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"absolute", "relative", "absolute/deeper", "../../host", "/../../../host", "tmp/../../../host", "proc-link"})
    void a_target_of_a_mount_never_leads_to_the_host(String target) throws IOException {
        Files.createDirectory(host.resolve("deeper"));
        Files.createSymbolicLink(image.resolve("absolute"), host);
        Files.createSymbolicLink(image.resolve("relative"), Path.of("../../../../../../../.." + host));
        Files.createSymbolicLink(image.resolve("proc-link"), Path.of("/proc/self/root" + host));
        Response response = create(asking(List.of(theImage(), tmpfsAt(target))));
        assertTrue(mounts().stream().noneMatch(place -> place.startsWith(host.toString())), mounts()::toString);
        assertEquals("host", Files.readString(host.resolve("file")));
        if (response.isOk()) {
            end();
        } else {
            assertFalse(response.status().orElseThrow().message().contains("\n"), response::toString);
        }
        assertEquals(List.of(), mounts());
    }

    @Test
    void a_link_in_an_image_is_followed_inside_it() throws IOException {
        Files.createDirectory(image.resolve("inner"));
        Files.createSymbolicLink(image.resolve("way"), Path.of("/inner"));
        assertTrue(create(asking(List.of(theImage(), tmpfsAt("way")))).isOk());
        assertEquals(List.of(bundle.path() + "/rootfs", bundle.path() + "/rootfs/inner"), mounts());
        end();
        assertEquals(List.of(), mounts());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_mounted_in_a_tree_of_the_callers_goes_at_the_end(boolean shimIsKilled) throws IOException {
        Files.move(image, bundle.path().resolve("rootfs"));
        assertTrue(create(asking(List.of(tmpfsAt("tmp"), tmpfsAt("root")))).isOk());
        assertEquals(2, mounts().size());
        if (shimIsKilled) {
            shim.wire.linux.processes.kill(shim.shimPid(), 9);
            shim.wire.turnUntil(shim::isGone);
            assertEquals("", shim.deleteAction(bundle).err());
        } else {
            end();
        }
        assertEquals(List.of(), mounts());
        assertTrue(Files.exists(bundle.path().resolve("rootfs/bin/busybox")));
    }

    @Test
    void what_is_mounted_in_the_source_of_a_bind_stays_at_the_end() throws IOException {
        Path shared = Files.createDirectory(directory.resolve("shared"));
        shim.wire.linux.mounts.mount("shared", shared.toString(), "tmpfs", 0, "");
        shim.wire.linux.mounts.mount("", shared.toString(), "", MountFlags.MS_SHARED, "");
        Path volume = Files.createDirectories(shared.resolve("image/volume"));
        shim.wire.linux.mounts.mount("volume", volume.toString(), "tmpfs", 0, "");
        try {
            shim.start(bundle);
            shim.answer("Create", CreateTask.TABLE.write(asking(List.of(new Mount("bind", shared.resolve("image").toString(), "", RBIND)))));
            assertEquals(List.of(shared.toString(), volume.toString()), mounts());
        } finally {
            if (mounts().contains(volume.toString())) {
                shim.wire.linux.mounts.umount2(volume.toString(), MountFlags.MNT_DETACH);
            }
            shim.wire.linux.mounts.umount2(shared.toString(), MountFlags.MNT_DETACH);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "", "../image", "%s/one/../image"})
    void the_source_of_a_bind_is_an_absolute_path(String source) throws IOException {
        Response response = create(asking(List.of(new Mount("bind", source.replace("%s", directory.toString()), "", RBIND))));
        assertEquals(INVALID_ARGUMENT, response.status().orElseThrow().code(), response::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"binary-v3://%s", "unknown://%s", "UNKNOWN:%s", "fifo://%s", "http://host%s", "file://host%s", "file://%s%%00.log",
        "file://%s%%zz", "file://%s/../victim", "file:victim", "victim", "../victim", "%s", "binary://host%s", "binary:///%%2e%%2e%s", "://%s"})
    void what_a_stream_is_not_said_to_be_is_not_written_to(String uri) throws IOException {
        Files.move(image, bundle.path().resolve("rootfs"));
        Path victim = Files.writeString(directory.resolve("victim"), "precious");
        shim.start(bundle);
        String named = uri.replace("%s", victim.toString()).replace("%%", "%");
        Response response = shim.answer("Create", shim.createRequest(bundle, false, "", named, named));
        assertEquals(INVALID_ARGUMENT, response.status().orElseThrow().code(), response::toString);
        String message = response.status().orElseThrow().message();
        assertTrue(message.contains("stdout: expected ") || message.contains("behind a %"), message);
        assertFalse(message.contains("\n"), message);
        assertEquals("precious", Files.readString(victim));
        try (Stream<Path> all = Files.list(directory)) {
            assertEquals(List.of(), all.filter(path -> path.getFileName().toString().startsWith("victim") && !path.equals(victim)).toList());
        }
        assertEquals(5, shim.fails("State", TestShim.id("one")).code());
    }

    @Test
    void the_scheme_that_nobody_knows_is_named() {
        shim.start(bundle);
        assertEquals("stdout: expected the path of a FIFO, or file:///PATH, or binary:///PATH, or binary-v2:///PATH,"
                + " or cri:///PATH, found the scheme \"binary-v3\" in \"binary-v3:///x\"",
                shim.fails("Create", shim.createRequest(bundle, false, "", "binary-v3:///x", "")).message());
    }

    @ParameterizedTest
    @CsvSource({"file://%s,,", ",,binary://%s", ",,unknown://%s", "%s,,", ",,%s"})
    void each_stream_is_looked_at(String stdin, String stdout, String stderr) throws IOException {
        Files.move(image, bundle.path().resolve("rootfs"));
        Path victim = Files.writeString(directory.resolve("victim"), "precious");
        List<String> uris = Stream.of(stdin, stdout, stderr).map(uri -> uri == null ? "" : uri.replace("%s", victim.toString())).toList();
        shim.start(bundle);
        for (boolean terminal : new boolean[] {false, !uris.get(2).startsWith("/")}) { // of a terminal there is no stderr to open
            assertEquals(INVALID_ARGUMENT,
                    shim.fails("Create", shim.createRequest(bundle, terminal, uris.get(0), uris.get(1), uris.get(2))).code());
        }
        assertEquals("precious", Files.readString(victim));
    }

    /** Nobody reads it: whoever opened it to write would wait, and with it all containers of the shim. */
    @ParameterizedTest
    @ValueSource(strings = {"fifo", "."})
    void a_file_that_is_none_is_refused_and_not_waited_for(String name) throws IOException {
        shim.fifo("fifo");
        shim.start(bundle);
        Response.Status status = shim.fails("Create", shim.createRequest(bundle, false, "", "file://" + directory.resolve(name), ""));
        assertFalse(status.message().isBlank());
        assertEquals(5, shim.fails("State", TestShim.id("one")).code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-x", "--force", ".", "..", "../x", "a/b", "_x", "a b", "a\nb", "", "ä"})
    void an_id_is_neither_a_path_nor_a_flag(String id) {
        shim.start(bundle);
        CreateTask request = new CreateTask(id, plain.bundle(), List.of(), false, "", "", "", "", plain.options());
        Response.Status status = shim.fails("Create", CreateTask.TABLE.write(request));
        assertEquals(INVALID_ARGUMENT, status.code());
        assertFalse(status.message().contains("\n"), status.message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "one", "./one", "%s/one/../one", "..", "/.."})
    void a_bundle_is_an_absolute_path(String path) {
        shim.start(bundle);
        CreateTask request = new CreateTask("one", path.replace("%s", directory.toString()), List.of(), false, "", "", "", "", plain.options());
        assertEquals(INVALID_ARGUMENT, shim.fails("Create", CreateTask.TABLE.write(request)).code());
    }

    /** To the kernel it would be the end of the path. */
    @Test
    void no_text_of_a_request_has_a_NUL() {
        shim.start(bundle);
        CreateTask request = new CreateTask("one", plain.bundle() + "\0/elsewhere", List.of(), false, "", "", "", "", plain.options());
        assertEquals(INVALID_ARGUMENT, shim.fails("Create", CreateTask.TABLE.write(request)).code());
    }

    @Test
    void a_checkpoint_elsewhere_is_refused_before_anything_is_touched() {
        shim.start(bundle);
        CreateTask request = new CreateTask("one", plain.bundle(), List.of(), false, "", "", "", "../../" + host, plain.options());
        assertEquals(INVALID_ARGUMENT, shim.fails("Create", CreateTask.TABLE.write(request)).code());
        assertFalse(Files.exists(bundle.path().resolve("options.pb")));
    }

    @ParameterizedTest
    @CsvSource({"state,'','',0,0", "/%s/../x,'','',0,0", "'',./runtime,'',0,0", "'',..,'',0,0", "'','',../../x,0,0"})
    void options_that_mean_something_else_than_they_seem_to_are_refused(String root, String binary, String cgroup, int uid, int gid) {
        shim.start(bundle);
        Options options = new Options(false, false, cgroup, uid, gid, binary, root, false, "", "");
        CreateTask request = new CreateTask("one", plain.bundle(), List.of(), false, "", "", "", "",
                Optional.of(new Any(Options.TYPE, Options.TABLE.write(options))));
        Response.Status status = shim.fails("Create", CreateTask.TABLE.write(request));
        assertEquals(INVALID_ARGUMENT, status.code(), status::message);
        assertTrue(status.message().startsWith("options: "), status.message());
    }

    /** Of options in a file of TOML, field 2 of runtimeoptions.v1.Options. */
    @ParameterizedTest
    @ValueSource(strings = {"fifo", ".", "relative", "/dev/zero"})
    void a_file_of_options_is_a_regular_one(String name) {
        String path = name.equals("relative") ? name : directory.resolve(shim.fifo("fifo")).resolveSibling(name).toString();
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        byte[] generic = new byte[text.length + 2];
        generic[0] = 2 << 3 | 2;
        generic[1] = (byte) text.length;
        System.arraycopy(text, 0, generic, 2, text.length);
        shim.start(bundle);
        CreateTask request = new CreateTask("one", plain.bundle(), List.of(), false, "", "", "", "",
                Optional.of(new Any("runtimeoptions.v1.Options", generic)));
        Response.Status status = shim.fails("Create", CreateTask.TABLE.write(request));
        assertEquals(INVALID_ARGUMENT, status.code(), status::message);
    }

    @Test
    void an_exec_may_be_called_as_the_init_is() throws IOException {
        Files.move(image, bundle.path().resolve("rootfs"));
        int pid = shim.run(bundle);
        for (String exec : List.of("init", "options", "log", "config")) {
            shim.exec("one", exec, false, "", "true");
            shim.call("Start", TestShim.id("one", exec));
            shim.waitFor("one", exec);
            shim.delete("one", exec);
        }
        assertEquals(Integer.toString(pid), Files.readString(bundle.path().resolve("init.pid")).strip());
        try (Stream<Path> files = Files.list(bundle.path())) {
            assertEquals(List.of(), files.filter(path -> path.getFileName().toString().contains("exec-")).toList());
        }
    }

    /** To the runtime a negative number is a flag. */
    @ParameterizedTest
    @ValueSource(ints = {65, -1, -9, Integer.MIN_VALUE})
    void a_signal_is_none_of_the_runtimes_flags(int signal) throws IOException {
        Files.move(image, bundle.path().resolve("rootfs"));
        shim.run(bundle);
        assertEquals("signal: expected 0 to 64, found " + Integer.toUnsignedString(signal),
                shim.fails("Kill", Requests.Kill.TABLE.write(new Requests.Kill("one", "", signal, true))).message());
        end();
    }

    /** Whatever the runtime, or a hook that it quotes, has to say. */
    @Test
    void a_complaint_is_one_line_without_control_characters() throws IOException {
        Path runtime = Files.writeString(directory.resolve("runtime"), "#!/bin/sh\nwhile [ $# -gt 1 ]; do [ \"$1\" = --log ] && log=$2; shift; done\n"
                + "printf '%s\\n' '{\"level\":\"error\",\"msg\":\"first\\nsecond\\u001b[31m\\u0007\\r\"}' >>$log\nexit 1\n");
        Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
        shim.close();
        shim = new TestShim(Files.createDirectory(directory.resolve("other")), runtime.toString());
        bundle = shim.bundle("one", "true");
        shim.start(bundle);
        assertEquals("OCI runtime create failed: first\\nsecond\\u001b[31m\\u0007\\r",
                shim.fails("Create", shim.createRequest(bundle, false, "", "", "")).message());
    }

    @Test
    void a_runtime_that_cannot_be_executed_is_named_with_the_reason() throws IOException {
        Path runtime = Files.writeString(directory.resolve("no-runtime"), "neither a program nor a script\0");
        Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
        shim.close();
        shim = new TestShim(Files.createDirectory(directory.resolve("other")), runtime.toString());
        bundle = shim.bundle("one", "true");
        shim.start(bundle);
        assertEquals("OCI runtime create failed: exec " + runtime + ": ENOEXEC: exec format error",
                shim.fails("Create", shim.createRequest(bundle, false, "", "", "")).message());
    }

    @Test
    void more_mounts_than_anybody_has_are_refused_and_the_shim_lives_on() {
        shim.start(bundle);
        Response.Status status = shim.fails("Create", CreateTask.TABLE.write(asking(Collections.nCopies(100_000, new Mount("", "", "", List.of())))));
        assertEquals(INVALID_ARGUMENT, status.code());
        assertTrue(status.message().contains("expected at most 4096"), status.message());
        assertEquals(5, shim.fails("State", TestShim.id("one")).code());
    }

    /** A runtime that hangs while as much waits for it as there is no memory for; each call is answered, and the shim lives on. */
    @Test
    void what_there_is_no_memory_for_is_answered_and_the_shim_lives_on() throws IOException {
        Path go = directory.resolve("go");
        Path slow = Files.writeString(directory.resolve("slow"), "#!/bin/sh\ncase \" $* \" in *' pause '*) until [ -e " + go
                + " ]; do sleep 0.1; done ;; esac\nexec " + TestShim.carafe() + " \"$@\"\n");
        Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwx------"));
        shim.close();
        shim = new TestShim(Files.createDirectory(directory.resolve("other")), slow.toString());
        shim.run(shim.bundle("one", "exec sleep 1000"));
        List<Response> answers = new ArrayList<>();
        shim.ask("Pause", TestShim.id("one"), answers::add);
        byte[] large = new byte[(4 << 20) - 1000];
        final int calls = 60;
        for (int i = 0; i < calls; i++) {
            shim.ask("Exec", ExecProcess.TABLE.write(new ExecProcess("one", "e" + i, false, "", "", "", Optional.of(new Any("x", large)))), answers::add);
        }
        shim.wire.turnUntil(() -> answers.size() >= calls);
        List<Response> refused = answers.stream().filter(answer -> !answer.isOk()).toList();
        assertTrue(refused.size() > 1 && refused.size() < calls, () -> refused.size() + " of " + calls);
        refused.forEach(answer -> assertTrue(answer.status().orElseThrow().message().startsWith("out of memory: "), answer::toString));
        Files.createFile(go);
        shim.wire.turnUntil(() -> answers.size() == calls + 1);
        assertEquals(4, shim.state("one").status());
        shim.call("Resume", TestShim.id("one"));
    }

    @Test
    void thousands_of_calls_that_wait_for_another_end_one_after_the_other() throws IOException {
        Files.move(image, bundle.path().resolve("rootfs"));
        shim.start(bundle);
        List<Response> answers = new ArrayList<>();
        shim.ask("Create", shim.createRequest(bundle, false, "", "", ""), answers::add);
        final int calls = 30_000;
        for (int i = 0; i < calls; i++) { // the first of them starts it, the others are refused at once
            shim.ask("Start", TestShim.id("one"), answers::add);
        }
        shim.wire.turnUntil(() -> answers.size() == calls + 1);
        assertFalse(shim.isGone());
        assertEquals(2, shim.state("one").status());
    }
}
