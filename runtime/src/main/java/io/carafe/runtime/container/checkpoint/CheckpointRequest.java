package io.carafe.runtime.container.checkpoint;

import io.carafe.runtime.criu.CriuOptions;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the caller asks of checkpoint.
 *
 * @param root the directory of all state directories
 * @param criu the program; absent: PATH has it
 * @param preDump memory alone, and the container runs on
 * @param statusFd where a byte is written when the page server is ready
 * @param options what the flags say that CRIU is handed as it is
 */
public record CheckpointRequest(String root, String id, Optional<String> criu, Images images, boolean preDump, OptionalInt statusFd,
        CriuOptions options, boolean trustsAnnotations) {
}
