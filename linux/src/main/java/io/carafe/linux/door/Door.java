package io.carafe.linux.door;

import io.carafe.linux.Kernel;

/** Opens the way to the kernel that this process has. */
public final class Door {

    /** Set while an image is built and inside it. Read once at build time, so that the other way is not compiled in. */
    private static final boolean IMAGE = System.getProperty("org.graalvm.nativeimage.imagecode") != null;

    private Door() {
    }

    public static Kernel open() {
        return IMAGE ? new ImageKernel() : new JnaKernel();
    }
}
