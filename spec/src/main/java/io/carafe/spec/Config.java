package io.carafe.spec;

import io.carafe.spec.linux.Linux;
import io.carafe.spec.process.Process;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A bundle's {@code config.json}. The sections of other platforms (solaris, windows, vm, zos, freebsd) are read like any
 * unknown property: passed over, and not written again.
 *
 * @param annotations in the document's order
 * @see "runtime-spec config.md"
 */
public record Config(
        OciVersion ociVersion,
        Optional<Process> process,
        Optional<Root> root,
        Optional<String> hostname,
        Optional<String> domainname,
        List<Mount> mounts,
        Optional<Hooks> hooks,
        Map<String, String> annotations,
        Optional<Linux> linux) {

    public Config {
        mounts = List.copyOf(mounts);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** A configuration with nothing but a version. */
    public static Config of(OciVersion ociVersion) {
        return new Config(ociVersion, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                List.of(), Optional.empty(), Map.of(), Optional.empty());
    }

    public Config withProcess(Process process) {
        return new Config(ociVersion, Optional.of(process), root, hostname, domainname, mounts, hooks, annotations, linux);
    }

    public Config withRoot(Root root) {
        return new Config(ociVersion, process, Optional.of(root), hostname, domainname, mounts, hooks, annotations, linux);
    }

    public Config withHostname(String hostname) {
        return new Config(ociVersion, process, root, Optional.of(hostname), domainname, mounts, hooks, annotations, linux);
    }

    public Config withMounts(List<Mount> mounts) {
        return new Config(ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
    }

    public Config withHooks(Hooks hooks) {
        return new Config(ociVersion, process, root, hostname, domainname, mounts, Optional.of(hooks), annotations, linux);
    }

    public Config withAnnotations(Map<String, String> annotations) {
        return new Config(ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
    }

    public Config withLinux(Linux linux) {
        return new Config(ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, Optional.of(linux));
    }
}
