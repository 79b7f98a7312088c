package io.carafe.runtime.rootfs.mount;

import io.carafe.linux.Fd;

/** Makes a procfs that shows a pid namespace which the caller is not in: a new procfs shows that of its maker (pid_namespaces(7)). */
public interface ProcOfOthers {

    /** fsopen(2) of such a procfs. The caller owns the result. @throws io.carafe.linux.KernelException ENOSYS before Linux 5.2 */
    Fd fsopen();
}
