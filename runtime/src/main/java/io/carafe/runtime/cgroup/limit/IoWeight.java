package io.carafe.runtime.cgroup.limit;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.BlockIO;
import io.carafe.spec.resources.Resources;
import io.carafe.spec.resources.WeightDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Shares of block I/O. BFQ, a scheduler of a device, takes the specification's weights from 10 to 1000; io.weight of v2, without BFQ,
 * has 1 to 10000 for them.
 */
final class IoWeight {

    private static final int LEAST = 10;
    private static final int MOST = 1000;
    private static final int LEAST_OF_IO = 1;
    private static final int MOST_OF_IO = 10_000;

    private IoWeight() {
    }

    /** The straight line from (10, 1) to (1000, 10000), as the field has it. */
    static long converted(long weight) {
        return LEAST_OF_IO + (weight - LEAST) * (MOST_OF_IO - LEAST_OF_IO) / (MOST - LEAST);
    }

    static List<String> ofAll(Resources resources, String property, Function<BlockIO, OptionalInt> weight, boolean converted) {
        return text("blockIO." + property, resources.blockIO().map(weight).orElse(OptionalInt.empty()), "", converted);
    }

    static List<String> ofDevices(Resources resources, Function<WeightDevice, OptionalInt> weight, boolean converted) {
        List<String> texts = new ArrayList<>();
        List<WeightDevice> devices = resources.blockIO().map(BlockIO::weightDevice).orElse(List.of());
        for (int i = 0; i < devices.size(); i++) {
            WeightDevice device = devices.get(i);
            String property = "blockIO.weightDevice[" + i + "]";
            if (device.weight().isEmpty() && device.leafWeight().isEmpty()) {
                throw new SpecException("linux.resources." + property, "expected weight or leafWeight");
            }
            texts.addAll(text(property + ".weight", weight.apply(device), device.major() + ":" + device.minor() + " ", converted));
        }
        return texts;
    }

    private static List<String> text(String property, OptionalInt weight, String device, boolean converted) {
        int value = weight.orElse(0);
        if (value == 0) {
            return List.of();
        }
        if (value < LEAST || value > MOST) {
            throw new SpecException("linux.resources." + property, "expected " + LEAST + " to " + MOST + ", found " + value);
        }
        return List.of(device + (converted ? converted(value) : value));
    }
}
