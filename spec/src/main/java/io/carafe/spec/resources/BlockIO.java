package io.carafe.spec.resources;

import java.util.List;
import java.util.OptionalInt;

/**
 * Limits of the block IO controller. Weights from 0 to 65535, of which the kernel takes 10 to 1000.
 *
 * @see "runtime-spec config-linux.md, Block IO"
 */
public record BlockIO(
        OptionalInt weight,
        OptionalInt leafWeight,
        List<WeightDevice> weightDevice,
        List<ThrottleDevice> throttleReadBpsDevice,
        List<ThrottleDevice> throttleWriteBpsDevice,
        List<ThrottleDevice> throttleReadIOPSDevice,
        List<ThrottleDevice> throttleWriteIOPSDevice) {

    public BlockIO {
        weightDevice = List.copyOf(weightDevice);
        throttleReadBpsDevice = List.copyOf(throttleReadBpsDevice);
        throttleWriteBpsDevice = List.copyOf(throttleWriteBpsDevice);
        throttleReadIOPSDevice = List.copyOf(throttleReadIOPSDevice);
        throttleWriteIOPSDevice = List.copyOf(throttleWriteIOPSDevice);
    }
}
