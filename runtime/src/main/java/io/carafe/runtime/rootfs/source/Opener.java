package io.carafe.runtime.rootfs.source;

import io.carafe.linux.Fd;

/** Opens what a plan names, and nothing else, with the rights of who called the runtime, in the mount namespace of who asks. */
public interface Opener extends AutoCloseable {

    /** The caller owns the result. @throws io.carafe.linux.KernelException as open(2), or why there is nobody to open it */
    Fd open(Source source);

    @Override
    void close();
}
