package io.carafe.runtime.rootfs.path;

import io.carafe.linux.Kernel;
import io.carafe.linux.door.ForwardingKernel;

/** The real kernel, with something in front of it for a test. */
public abstract class WrappedKernel implements ForwardingKernel {

    protected final Kernel kernel;

    protected WrappedKernel(Kernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public Kernel behind() {
        return kernel;
    }
}
