package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Rlimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Broken bundles: each is refused with one clear line and exit 1, and leaves nothing. */
@ExtendWith(HostUnchanged.class)
class BrokenBundleIT {

    private static final int HUNDRED_MEGABYTES = 100 << 20;

    @TempDir
    private Path directory;

    private static Map<String, Consumer<Bundle>> breakages() {
        Map<String, Consumer<Bundle>> rows = new LinkedHashMap<>();
        rows.put("config.json: ENOENT", bundle -> delete(bundle.path().resolve("config.json")));
        rows.put("not valid JSON at line 1, column 6", bundle -> bundle.save("hello"));
        rows.put("expected a JSON document, found nothing", bundle -> bundle.save(""));
        rows.put("ociVersion: required", bundle -> bundle.save("{}"));
        rows.put("ociVersion: expected a version", bundle -> replace(bundle, "\"ociVersion\": \"1.3.0\"", "\"ociVersion\": \"one\""));
        rows.put("expected at most 16777216 bytes", bundle -> bundle.save("[" + " ".repeat(HUNDRED_MEGABYTES) + "]"));
        rows.put("config.json: expected a regular file", BrokenBundleIT::fifo);
        rows.put("root.path", bundle -> bundle.config(config -> config.withRoot(new Root("nowhere", true))));
        rows.put("process.cwd: expected an absolute path, found \"tmp\"", bundle -> bundle.process(process -> process.withCwd("tmp")));
        rows.put("process.args", bundle -> bundle.process(process -> process.withArgs(List.of())));
        rows.put("process.rlimits[0].type: expected one of", bundle -> bundle.process(process -> process.withRlimits(
                List.of(new Rlimit("RLIMIT_NONSENSE", 1, 1)))));
        rows.put("process.rlimits[1].type: expected each type once", bundle -> bundle.process(process -> process.withRlimits(
                List.of(new Rlimit("RLIMIT_CORE", 1, 1), new Rlimit("RLIMIT_CORE", 2, 2)))));
        rows.put("process.rlimits[0].soft", bundle -> bundle.process(process -> process.withRlimits(
                List.of(new Rlimit("RLIMIT_CORE", 1, 2)))));
        rows.put("linux.namespaces[1].type: expected each type once", bundle -> bundle.linux(linux -> linux.withNamespaces(
                List.of(Namespace.of(NamespaceType.PID), Namespace.of(NamespaceType.PID), Namespace.of(NamespaceType.MOUNT)))));
        rows.put("hostname: expected a uts namespace", bundle -> bundle.linux(linux -> linux.withNamespaces(
                List.of(Namespace.of(NamespaceType.MOUNT)))));
        rows.put("linux.resources.memory.limit: expected an integer, found \"1G\"", bundle -> replace(bundle,
                "\"resources\": {", "\"resources\": {\"memory\": {\"limit\": \"1G\"},"));
        rows.put("linux.resources.pids.limit", bundle -> replace(bundle, "\"resources\": {", "\"resources\": {\"pids\": {\"limit\": 1e99},"));
        rows.put("process.cwd: given twice", bundle -> replace(bundle, "\"cwd\": \"/\"", "\"cwd\": \"/\", \"cwd\": \"/\""));
        rows.put("process.user.uid", bundle -> replace(bundle, "\"uid\": 0", "\"uid\": -1"));
        rows.put("process.user.uid: expected an integer from 0 to 4294967294, found 4294967295",
                bundle -> replace(bundle, "\"uid\": 0", "\"uid\": 4294967295"));
        rows.put("process.user.gid: expected an integer from 0 to 4294967294, found 4294967295",
                bundle -> replace(bundle, "\"gid\": 0", "\"gid\": 4294967295"));
        rows.put("process.user.additionalGids[0]: expected an integer from 0 to 4294967294, found 4294967295",
                bundle -> replace(bundle, "\"gid\": 0", "\"gid\": 0, \"additionalGids\": [4294967295]"));
        rows.put(".options: expected an id from 0 to 4294967294, found \"uid=4294967295\"",
                bundle -> mount(bundle, Mount.of("/mnt", "tmpfs", "tmpfs", "uid=4294967295")));
        rows.put("process.args[0]: ", bundle -> replace(bundle, "\"sh\"", "\"s\\u0000h\""));
        rows.put("/proc", BrokenBundleIT::linkedProc);
        rows.put("bind /no/such/source on /mnt: ", bundle -> mount(bundle, Mount.of("/mnt", "bind", "/no/such/source", "bind")));
        rows.put("nonesuchfs", bundle -> mount(bundle, Mount.of("/mnt", "nonesuchfs", "none")));
        rows.put("process.env[0]: expected NAME=value", bundle -> bundle.process(process -> process.withEnv(List.of("novalue"))));
        rows.put("linux.cgroupsPath", bundle -> bundle.linux(linux -> linux.withCgroupsPath("/../../escape")));
        rows.put("EISDIR", bundle -> bundle.args("/bin"));
        rows.put("EACCES", bundle -> bundle.args("/etc/passwd"));
        return rows;
    }

    @TestFactory
    Stream<DynamicTest> a_broken_bundle_is_refused_with_one_line() {
        List<DynamicTest> tests = new ArrayList<>();
        breakages().forEach((complaint, breakage) -> tests.add(DynamicTest.dynamicTest(complaint, () -> {
            Carafe carafe = Carafe.in(directory.resolve("root"));
            Bundle bundle = Bundle.in(directory).args("sh");
            breakage.accept(bundle);
            for (String verb : List.of("create", "run")) {
                String line = carafe.call(verb, "--bundle", bundle.path().toString(), bundle.id()).fails();
                assertTrue(line.startsWith("carafe: " + verb + " " + bundle.id() + ": "), line);
                assertTrue(line.contains(complaint), line);
                assertTrue(!Files.exists(carafe.root().resolve(bundle.id())), "a state directory is left");
            }
        })));
        return tests.stream();
    }

    @Test
    void bad_ids_are_refused() {
        Carafe carafe = Carafe.in(directory.resolve("root"));
        Bundle bundle = Bundle.in(directory);
        for (String id : List.of("", "a/b", "..", ".", "a b", "é", "x".repeat(256))) {
            assertTrue(carafe.call("run", "--bundle", bundle.path().toString(), "--", id).fails().contains("invalid container id"), id);
        }
    }

    @Test
    void a_bundle_that_is_not_there_is_refused() {
        Carafe carafe = Carafe.in(directory.resolve("root"));
        assertTrue(carafe.call("run", "--bundle", "/no/such/bundle", "carafe-test-x").fails().contains("/no/such/bundle: ENOENT"));
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void replace(Bundle bundle, String old, String with) {
        try {
            String json = Files.readString(bundle.path().resolve("config.json"));
            assertTrue(json.contains(old), json);
            bundle.save(json.replaceFirst(java.util.regex.Pattern.quote(old), java.util.regex.Matcher.quoteReplacement(with)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void fifo(Bundle bundle) {
        delete(bundle.path().resolve("config.json"));
        try {
            assertEquals(0, new ProcessBuilder("mkfifo", bundle.path().resolve("config.json").toString()).start().waitFor());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** CVE-2019-19921: an image whose /proc is a link elsewhere. */
    private static void linkedProc(Bundle bundle) {
        try {
            Files.delete(bundle.rootfs().resolve("proc"));
            Files.createDirectories(bundle.rootfs().resolve("evil"));
            Files.createSymbolicLink(bundle.rootfs().resolve("proc"), Path.of("evil"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void mount(Bundle bundle, Mount mount) {
        bundle.config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(mount);
            return config.withMounts(mounts);
        });
    }
}
