package io.carafe.conformance.container;

import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.mutant.Mutant;
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

    /** What stands before the script of a mutant. */
    private static final String WRAPPER = """
            verb=
            id=
            for word in "$@"; do
                case "$word" in
                state | create | start | kill | delete | features) [ -n "$verb" ] || verb=$word ;;
                conformance-t*) id=$word ;;
                esac
            done
            bundle=$work/bundle-$id
            # Runs the runtime and says that it went well.
            swallow() { "$runtime" "$@"; exit 0; }
            # Does nothing and says that it failed.
            refuse() { echo "refused" >&2; exit 1; }
            # Runs the runtime and edits what it says with the first word, for sed.
            answer() { edit=$1; shift; said=$("$runtime" "$@"); code=$?; printf '%s' "$said" | tr -d '\\n' | sed "$edit"; exit $code; }
            pid() { "$runtime" --root "$root" state "$id" | tr -d ' \\n\\t' | sed 's/.*"pid":\\([0-9]*\\).*/\\1/'; }
            """;

    private final TestTarget target;
    private final Sandbox sandbox;
    private final Path root;
    private final List<String> before = new ArrayList<>();

    OciRuntime(TestTarget target, Sandbox sandbox) {
        this.target = target;
        this.sandbox = sandbox;
        this.root = sandbox.work().resolve("root");
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
        command.addAll(target.arguments());
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
        Optional<String> script = target.mutant().map(Mutant::script).filter(text -> !text.isEmpty());
        if (script.isEmpty()) {
            return target.path();
        }
        Path wrapper = sandbox.work().resolve("wrapper");
        try {
            if (!Files.exists(wrapper)) {
                Files.writeString(wrapper, "#!/bin/sh\nruntime='" + target.path() + "'\nroot='" + root + "'\nwork='" + sandbox.work() + "'\n"
                        + WRAPPER + script.get() + "\nexec \"$runtime\" \"$@\"\n");
                Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return wrapper.toString();
    }
}
