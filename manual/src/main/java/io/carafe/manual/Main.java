package io.carafe.manual;

import io.carafe.conmon.words.OptionCompletion;
import io.carafe.runtime.cli.words.Completion;
import io.carafe.runtime.cli.words.Verb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Writes the pages and the completions below a folder, by the names that a system has for them below share. */
public final class Main {

    private Main() {
    }

    /** @param args the folder, the version, a time as {@code 2026-01-31T12:00:00Z} for the pages' date */
    public static void main(String[] args) throws IOException {
        for (Map.Entry<String, String> file : files(args[1], args[2].substring(0, args[2].indexOf('T'))).entrySet()) {
            Path path = Path.of(args[0], "share").resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue(), StandardCharsets.UTF_8);
        }
    }

    static Map<String, String> files(String version, String date) {
        CommandPages commands = new CommandPages(date, version);
        Map<String, String> files = new TreeMap<>();
        files.put("man/man8/carafe.8", commands.program());
        for (Verb verb : Verb.values()) {
            files.put("man/man8/" + CommandPages.name(verb) + ".8", commands.of(verb));
        }
        files.put("man/man8/containerd-shim-carafe-v2.8", ShimPage.of(date, version));
        files.put("man/man8/carafe-conmon.8", ConmonPage.of(date, version));
        files.put("bash-completion/completions/carafe-conmon", OptionCompletion.bash());
        files.put("zsh/site-functions/_carafe-conmon", OptionCompletion.zsh());
        files.put("fish/vendor_completions.d/carafe-conmon.fish", OptionCompletion.fish());
        files.put("man/man5/carafe-config.5", ConfigPage.of(date, version));
        files.put("bash-completion/completions/carafe", Completion.of("bash"));
        files.put("zsh/site-functions/_carafe", Completion.of("zsh"));
        files.put("fish/vendor_completions.d/carafe.fish", Completion.of("fish"));
        return files;
    }
}
