package io.carafe.runtime.container.checkpoint;

import io.carafe.runtime.container.Create;
import io.carafe.runtime.criu.CriuOptions;
import java.util.Optional;

/**
 * What the caller asks of restore.
 *
 * @param create what it would ask of create: the bundle, where the state and the cgroups are, terminal and pid file
 * @param criu the program; absent: PATH has it
 * @param options what the flags say that CRIU is handed as it is
 */
public record RestoreRequest(Create.Request create, Optional<String> criu, Images images, CriuOptions options) {
}
