package io.carafe.runtime.binary.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.door.FaultSample;
import io.carafe.linux.door.FaultyKernel.CountedCall;
import io.carafe.linux.door.FaultyKernel.Fault;
import io.carafe.linux.door.ManPageErrnos;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.kernel.RefusedCall;
import io.carafe.runtime.binary.namespace.Holder;
import io.carafe.runtime.binary.seccomp.ContainerProfiles;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.TimeOffset;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.SyscallArg;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** create, start, run and delete, whichever call fails: what a creator made goes with its failure, what is killed `delete --force` removes. */
@Tag("faults")
@ExtendWith(HostUnchanged.class)
class FaultIT {

    private static final Trial.Step NOTHING = () -> { };

    @TempDir
    private Path directory;
    private Bundle bundle;
    private Path pidFile;
    private Remains remains;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void bundle() {
        // With a filter, so that its steps are among the calls.
        bundle = Bundle.in(directory).args("/bin/sleep", "1000").linux(linux -> linux.withSeccomp(ContainerProfiles.likeDockers()));
        pidFile = bundle.path().resolve("pid");
    }

    /** When the bundle is complete. */
    private Remains look() throws Exception {
        remains = Remains.of(directory, bundle);
        open.add(remains);
        return remains;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private String[] create(String... further) {
        return words("create", further);
    }

    private String[] words(String verb, String... further) {
        List<String> words = new ArrayList<>(List.of(verb, "--bundle", bundle.path().toString(), "--pid-file", pidFile.toString()));
        words.addAll(List.of(further));
        words.add(bundle.id());
        return words.toArray(String[]::new);
    }

    private void created() {
        remains.carafe().call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
    }

    private void running() {
        remains.carafe().call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
    }

    private void deleted() throws Exception {
        remains.carafe().call("delete", "--force", bundle.id()).succeeds();
        remains.none();
    }

    /** Of a call that makes a container: nothing is left of what failed; what was made, or killed half-way, can be deleted. */
    private void made(Carafe.Result result) throws Exception {
        if (result.code() == 0 || result.code() == Trial.KILLED) {
            assertTrue(result.code() == Trial.KILLED || Files.exists(pidFile), "a pid file");
            remains.carafe().call("delete", "--force", bundle.id()).succeeds();
            remains.removePidFiles();
        }
        remains.none();
    }

    /** Of a container that runs attached: deleted with its program's end, whatever has failed after its start. */
    private void gone(Carafe.Result result) throws Exception {
        if (result.code() == Trial.KILLED) {
            remains.carafe().call("delete", "--force", bundle.id()).succeeds();
        }
        if (result.code() == 0 || result.code() == Trial.KILLED || Trial.isNotExecuted(result)) {
            remains.removePidFiles();
        }
        remains.none();
    }

    @TestFactory
    Stream<DynamicTest> create_leaves_nothing() throws Exception {
        return new Trial("create", look(), NOTHING, this::made).of(create());
    }

    @Test
    void a_filter_that_refuses_new_namespaces_is_not_told_as_a_missing_capability() throws Exception {
        look();
        made(remains.carafe().call(create()).succeeds()); // which makes the state root
        // No filter looks into clone3(2)'s struct: it says that there is none, and looks at the flags of clone(2).
        List<SyscallArg> mounts = List.of(new SyscallArg(0, ProcessFlags.CLONE_NEWNS, ProcessFlags.CLONE_NEWNS, Operator.SCMP_CMP_MASKED_EQ));
        String error = RefusedCall.around("clone3", Errno.ENOSYS.number, List.of(),
                () -> RefusedCall.around("clone", Errno.EPERM.number, mounts, () -> remains.carafe().call(create()))).fails();
        assertTrue(error.contains("make the namespaces: EPERM") && error.contains("a seccomp filter around carafe") && !error.contains("CAP_SYS_ADMIN"),
                error);
        remains.none();
    }

    @TestFactory
    Stream<DynamicTest> create_with_all_that_a_bundle_can_ask_for_leaves_nothing() throws Exception {
        Richest.of(bundle, directory);
        return new Trial("create with all", look(), NOTHING, this::made).of(create());
    }

    @TestFactory
    Stream<DynamicTest> create_into_joined_namespaces_leaves_nothing() throws Exception {
        Holder holder = Holder.start();
        open.add(holder);
        bundle.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.removeIf(one -> one.type() == NamespaceType.PID || one.type() == NamespaceType.NETWORK || one.type() == NamespaceType.IPC);
            namespaces.add(new Namespace(NamespaceType.PID, Optional.of(holder.path("pid"))));
            namespaces.add(new Namespace(NamespaceType.NETWORK, Optional.of(holder.path("net"))));
            namespaces.add(new Namespace(NamespaceType.IPC, Optional.of(holder.path("ipc"))));
            return linux.withNamespaces(namespaces);
        });
        return new Trial("create into a joined pid namespace", look(), NOTHING, this::made).of(create());
    }

    @TestFactory
    Stream<DynamicTest> create_on_a_root_of_layers_leaves_nothing() throws Exception {
        Files.createDirectories(directory.resolve("upper/bin"));
        return new Trial("create on layers", look(), NOTHING, this::made)
                .of(create("--overlay", "lower=" + directory.resolve("upper") + ":" + bundle.rootfs()));
    }

    @TestFactory
    Stream<DynamicTest> create_that_hands_over_a_terminal_leaves_nothing() throws Exception {
        bundle.process(process -> process.withTerminal(true));
        ConsoleListener listener = ConsoleListener.in(directory);
        open.add(listener);
        return new Trial("create with a terminal", look(), NOTHING, this::made).of(create("--console-socket", listener.path()));
    }

    @TestFactory
    Stream<DynamicTest> run_detached_leaves_nothing() throws Exception {
        Richest.withHooks(bundle);
        return new Trial("run --detach", look(), NOTHING, this::made).of(words("run", "--detach"));
    }

    /** A fault that is survived gives the program no more than it should have: it prints what it has. */
    @TestFactory
    Stream<DynamicTest> run_leaves_nothing_and_gives_no_more_than_it_should() throws Exception {
        Richest.of(bundle, directory);
        bundle.script(Richest.WHAT_IT_HAS);
        look();
        String[] run = words("run");
        String has = remains.carafe().call(run).succeeds().out();
        remains.removePidFiles();
        return new Trial("run with all", remains, NOTHING, result -> {
            gone(result);
            Richest.isNoMore(result, has);
        }).of(run);
    }

    /** A user namespace, a network of others and an id-mapped volume: two more children, one of which is the init's intermediate process. */
    @TestFactory
    Stream<DynamicTest> run_in_mapped_and_joined_namespaces_leaves_nothing() throws Exception {
        Path volume = Files.createDirectory(directory.resolve("volume"));
        List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65536));
        bundle.writable().args("/bin/true").linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.removeIf(one -> one.type() == NamespaceType.NETWORK);
            namespaces.add(new Namespace(NamespaceType.NETWORK, Optional.of("/proc/self/ns/net")));
            namespaces.add(Namespace.of(NamespaceType.USER));
            namespaces.add(Namespace.of(NamespaceType.TIME));
            return linux.withNamespaces(namespaces).withMappings(ids, ids).withTimeOffsets(Map.of("boottime", new TimeOffset(5, 0)));
        }).config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(Mount.of("/v", "none", volume.toString(), "bind", "idmap"));
            return config.withMounts(mounts);
        });
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(0, new ProcessBuilder("chown", "-R", "100000:100000", bundle.rootfs().toString()).start().waitFor());
        look().carafe().call(words("run")).succeeds();
        remains.removePidFiles();
        return new Trial("run in mapped and joined namespaces", remains, NOTHING, this::gone).of(words("run"));
    }

    @TestFactory
    Stream<DynamicTest> run_on_a_terminal_leaves_nothing() throws Exception {
        bundle.process(process -> process.withTerminal(true)).args("/bin/true");
        return new Trial("run on a terminal", look(), NOTHING, this::gone).of(words("run"));
    }

    @TestFactory
    Stream<DynamicTest> start_leaves_a_container_that_can_be_deleted() throws Exception {
        Richest.withHooks(bundle);
        look();
        return new Trial("start", remains, this::created, result -> deleted()).of("start", bundle.id());
    }

    /** What an init does when it is started is in the same stage as its creation: it is the same process. */
    @TestFactory
    Stream<DynamicTest> an_init_that_fails_when_it_is_started_tells_and_leaves_nothing() throws Exception {
        Richest.withHooks(bundle);
        look();
        Path file = directory.resolve("calls");
        String[] create = {"create", "--bundle", bundle.path().toString(), bundle.id()};
        remains.faulty("", file).call(create).succeeds();
        int made = CountedCall.parse(Files.readString(file)).size();
        remains.carafe().call("start", bundle.id()).succeeds();
        List<CountedCall> all = CountedCall.parse(Files.readString(file));
        deleted();
        List<Fault> faults = new ArrayList<>();
        for (CountedCall call : all.subList(made, all.size())) {
            for (Errno errno : ManPageErrnos.of(call.name())) {
                faults.add(call.with(errno));
            }
        }
        return Stream.of(DynamicTest.dynamicTest("a started init", () -> {
            List<String> wrong = new ArrayList<>();
            List<Fault> sample = FaultSample.of(faults);
            for (Fault fault : sample) {
                Files.deleteIfExists(file);
                Carafe.Result created = remains.faulty(fault.toString(), file).call(create);
                Carafe.Result started = remains.carafe().call("start", bundle.id());
                try {
                    // A create that made more calls than the one that was counted met the fault itself: then it tells, too.
                    if (created.code() != 0) {
                        created.fails();
                    }
                    if (started.code() != 0) {
                        started.fails();
                    }
                    deleted();
                } catch (AssertionError e) {
                    wrong.add(fault + ": " + e.getMessage() + "\n" + created + started);
                    remains.clear();
                }
            }
            FaultSample.report("a started init", sample.size(), wrong.size());
            assertEquals(List.of(), wrong);
        }));
    }

    @TestFactory
    Stream<DynamicTest> delete_can_be_done_again() throws Exception {
        look();
        return new Trial("delete", remains, () -> {
            running();
            remains.carafe().call("kill", bundle.id(), "KILL").succeeds();
            remains.awaitStopped();
        }, result -> deleted()).of("delete", bundle.id());
    }

    @TestFactory
    Stream<DynamicTest> delete_force_can_be_done_again() throws Exception {
        Richest.withHooks(bundle);
        look();
        return new Trial("delete --force", remains, this::running, result -> {
            if (result.err().contains(", which stays")) { // ENOTDIR, ELOOP: that is no cgroup, the state is damaged
                remains.clear();
            }
            deleted();
        }).of("delete", "--force", bundle.id());
    }

    @TestFactory
    Stream<DynamicTest> delete_force_of_what_is_paused_can_be_done_again() throws Exception {
        look();
        return new Trial("delete --force of a paused one", remains, () -> {
            running();
            remains.carafe().call("pause", bundle.id()).succeeds();
        }, result -> deleted()).of("delete", "--force", bundle.id());
    }
}
