package io.carafe.spec.resources;

import java.util.OptionalInt;

/** The weight of one block device, from 0 to 65535. */
public record WeightDevice(long major, long minor, OptionalInt weight, OptionalInt leafWeight) {
}
