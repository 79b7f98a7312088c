package io.carafe.runtime.container.checkpoint;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The file with options of CRIU's that win over what it is asked for here.
 *
 * <p>Such a file may name a program that CRIU runs as root (action-script), and podman hands on the annotations of an image. So the one that
 * an annotation names is read where the caller stands behind annotations, and nowhere else.
 */
public final class CriuConfiguration {

    /** Names the file of one container. */
    public static final String ANNOTATION = "org.criu.config";
    /** An administrator who has written runc's means every container. */
    private static final List<String> DEFAULTS = List.of("/etc/criu/carafe.conf", "/etc/criu/runc.conf");

    private CriuConfiguration() {
    }

    /** @param trusted whether the caller stands behind the annotations @return empty: none is read */
    static Optional<String> of(Linux linux, Map<String, String> annotations, boolean trusted, Consumer<String> warnings) {
        String asked = annotations.get(ANNOTATION);
        if (asked != null && trusted) {
            return Optional.of(asked).filter(file -> !file.isEmpty());
        }
        if (asked != null && !asked.isEmpty()) {
            warnings.accept("annotations[\"" + ANNOTATION + "\"]: not followed, as an image may have brought it; with --trust-annotations it is");
        }
        for (String file : DEFAULTS) {
            if (linux.paths.statxIfPresent(Fd.CWD, file, 0).isPresent()) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }
}
