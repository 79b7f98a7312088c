package io.carafe.conformance.container;

import io.carafe.conformance.host.Cell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The command line of the runtime under test, in the form that runc has given to all of them. */
final class OciRuntime {

    private final UnderTest tested;
    private final Cell cell;
    private final Path root;
    private final List<String> before = new ArrayList<>();

    OciRuntime(UnderTest tested, Cell cell) {
        this.tested = tested;
        this.cell = cell;
        this.root = cell.work().resolve("root");
    }

    Path root() {
        return root;
    }

    /** Words before each command, as {@code setpriv}. */
    void behind(List<String> words) {
        before.addAll(words);
    }

    List<String> command(String verb, String... words) {
        List<String> command = new ArrayList<>(before);
        command.add(program());
        command.addAll(List.of("--root", root.toString()));
        command.addAll(tested.arguments());
        command.add(verb);
        command.addAll(Arrays.asList(words));
        return command;
    }

    /** A command line that is all the test's own, but for the program. */
    List<String> bare(String... words) {
        List<String> command = new ArrayList<>(before);
        command.add(program());
        command.addAll(Arrays.asList(words));
        return command;
    }

    private String program() {
        Optional<String> script = tested.defect().map(Defect::script).filter(text -> !text.isEmpty());
        if (script.isEmpty()) {
            return tested.path();
        }
        Path wrapper = cell.work().resolve("wrapper");
        try {
            if (!Files.exists(wrapper)) {
                Files.writeString(wrapper, "#!/bin/sh\nruntime='" + tested.path() + "'\nroot='" + root + "'\n"
                        + "verb=\nid=\nfor word in \"$@\"; do case \"$word\" in\n"
                        + "state|create|start|kill|delete|features|exec|run) [ -n \"$verb\" ] || verb=$word ;; esac; done\n"
                        + "case $verb in kill) for word in \"$@\"; do case $word in conformance-*) id=$word ;; esac; done ;;\n"
                        + "*) for word in \"$@\"; do id=$word; done ;; esac\n" + script.get() + "\nexec \"$runtime\" \"$@\"\n");
                Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return wrapper.toString();
    }
}
