package io.carafe.runtime.binary.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.door.FaultyKernel.CountedCall;
import io.carafe.linux.door.FaultyKernel.Fault;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.seccomp.ContainerProfiles;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
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

/** exec in all its ways, whichever call fails: the container goes on as it was, without a further process. */
@Tag("faults")
@ExtendWith(HostUnchanged.class)
class ExecFaultIT {

    @TempDir
    private Path directory;
    private Bundle bundle;
    private Path pidFile;
    private Living living;

    @BeforeEach
    void bundle() {
        bundle = Bundle.in(directory).args("/bin/sleep", "100000").linux(linux -> linux.withSeccomp(ContainerProfiles.likeDockers()));
        pidFile = bundle.path().resolve("pid");
    }

    @AfterEach
    void close() throws Exception {
        living.close();
    }

    private String[] exec(String... words) {
        List<String> all = new ArrayList<>(List.of("exec", "--pid-file", pidFile.toString()));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }

    /** A pid file is the caller's, where the program ran; who is killed may leave one that has not got its name yet. */
    private void asBefore(Carafe.Result result) throws Exception {
        if (result.code() == 0 || result.code() == Trial.KILLED || Trial.isHungUp(result) || Trial.isNotExecuted(result)) {
            assertTrue(result.code() == Trial.KILLED || Files.exists(pidFile), "a pid file");
            living.remains().removePidFiles();
        }
        living.asBefore();
    }

    @TestFactory
    Stream<DynamicTest> exec_leaves_no_process_and_gives_no_more_than_it_should() throws Exception {
        Richest.of(bundle, directory);
        living = Living.of(directory, bundle);
        String[] exec = exec(bundle.id(), "/bin/sh", "-c", Richest.WHAT_IT_HAS);
        living.make();
        String has = living.remains().carafe().call(exec).succeeds().out();
        living.remains().removePidFiles();
        return new Trial("exec", living.remains(), living::make, result -> {
            asBefore(result);
            Richest.isNoMore(result, has);
        }).of(exec);
    }

    @Test
    void a_forerunner_that_is_killed_when_it_is_to_tell_of_the_birth_keeps_nobody_waiting() throws Exception {
        living = Living.of(directory, bundle);
        living.make();
        Path file = directory.resolve("calls");
        String[] exec = {"exec", bundle.id(), "/bin/true"};
        living.remains().faulty("", file).call(exec).succeeds();
        CountedCall telling = CountedCall.parse(Files.readString(file)).stream()
                .filter(call -> call.stage().endsWith(".1") && call.name().equals("sendmsg")).reduce((before, last) -> last).orElseThrow();
        Files.delete(file);
        Fault killed = new Fault(telling.stage(), telling.number(), Optional.empty(), false, false);
        living.remains().faulty(killed.toString(), file).call(exec).failsWith(255);
        living.asBefore();
    }

    /** ENODEV of clone3(2) says that the cgroup was removed; then another is tried. The first process had the terminal already in this case. */
    @Test
    void what_fails_after_the_birth_is_told_and_not_tried_again_on_a_terminal_that_is_hung_up() throws Exception {
        living = Living.of(directory, bundle);
        living.make();
        Path file = directory.resolve("calls");
        String[] exec = {"exec", "--tty", bundle.id(), "/bin/true"};
        living.remains().faulty("", file).call(exec).succeeds();
        CountedCall checking = CountedCall.parse(Files.readString(file)).stream().filter(call -> !call.stage().contains("."))
                .dropWhile(call -> !call.name().equals("clone3")).filter(call -> call.name().equals("openat")).findFirst().orElseThrow();
        Files.delete(file);
        Fault gone = new Fault(checking.stage(), checking.number(), Optional.of(Errno.ENODEV), false, false);
        living.remains().faulty(gone.toString(), file).call(exec).failsWith(255);
        living.asBefore();
    }

    @TestFactory
    Stream<DynamicTest> exec_detached_leaves_no_process() throws Exception {
        living = Living.of(directory, bundle);
        return new Trial("exec --detach", living.remains(), living::make, this::asBefore).of(exec("--detach", bundle.id(), "/bin/true"));
    }

    @TestFactory
    Stream<DynamicTest> exec_on_a_terminal_leaves_no_process() throws Exception {
        living = Living.of(directory, bundle);
        return new Trial("exec --tty", living.remains(), living::make, this::asBefore).of(exec("--tty", bundle.id(), "/bin/true"));
    }

    @TestFactory
    Stream<DynamicTest> exec_that_hands_over_a_terminal_leaves_no_process() throws Exception {
        living = Living.of(directory, bundle);
        ConsoleListener listener = ConsoleListener.in(directory);
        living.alsoClose(listener);
        return new Trial("exec --console-socket", living.remains(), living::make, this::asBefore)
                .of(exec("--tty", "--detach", "--console-socket", listener.path(), bundle.id(), "/bin/true"));
    }

    @TestFactory
    Stream<DynamicTest> exec_into_a_user_namespace_leaves_no_process() throws Exception {
        List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65536));
        bundle.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(Namespace.of(NamespaceType.USER));
            return linux.withNamespaces(namespaces).withMappings(ids, ids);
        });
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(0, new ProcessBuilder("chown", "-R", "100000:100000", bundle.rootfs().toString()).start().waitFor());
        living = Living.of(directory, bundle);
        return new Trial("exec into a user namespace", living.remains(), living::make, this::asBefore)
                .of(exec("--user", "7:7", bundle.id(), "/bin/true"));
    }
}
