package io.carafe.spec.resources;

import java.util.OptionalLong;

/** The limits of one RDMA device, each from 0 to 4294967295. */
public record Rdma(OptionalLong hcaHandles, OptionalLong hcaObjects) {
}
