package io.carafe.linux.call.process;

import static io.carafe.linux.KernelException.check;

import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Struct.Utsname;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;

/** namespaces(7): unshare(2), setns(2), and the names that a uts namespace holds. */
public final class Namespaces {

    private final Kernel kernel;
    private final Memory memory;

    public Namespaces(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /** unshare(2). @param flags CLONE_NEW… */
    public void unshare(long flags) {
        check("unshare", kernel.call(Sys.UNSHARE.nr, flags));
    }

    /** setns(2). @throws KernelException EINVAL when the descriptor is of another type than the flag says */
    public void setns(Fd namespace, long type) {
        check("setns", kernel.call(Sys.SETNS.nr, namespace.number(), type));
    }

    /** NS_GET_NSTYPE of ioctl_ns(2), Linux 4.11: which CLONE_NEW… flag makes such a namespace. @param namespace a file of nsfs */
    public long typeOf(Fd namespace) {
        return check("ioctl NS_GET_NSTYPE", kernel.call(Sys.IOCTL.nr, namespace.number(), ProcessFlags.NS_GET_NSTYPE));
    }

    /** NS_GET_USERNS of ioctl_ns(2), Linux 4.9: the user namespace that owns one. The caller owns the result. @throws KernelException EPERM for one that is not below the caller's */
    public Fd ownerOf(Fd namespace) {
        return Fd.owned(kernel, check("ioctl NS_GET_USERNS", kernel.call(Sys.IOCTL.nr, namespace.number(), ProcessFlags.NS_GET_USERNS)));
    }

    /** uname(2): the release of the kernel, as {@code 6.1.0-18-amd64}. */
    public String release() {
        try (Memory.Frame frame = memory.frame()) {
            long names = frame.zeroed(Utsname.SIZE);
            check("uname", kernel.call(Sys.UNAME.nr, names));
            return memory.text(names + Utsname.RELEASE);
        }
    }

    public void sethostname(String name) {
        name("sethostname " + name, Sys.SETHOSTNAME, name);
    }

    public void setdomainname(String name) {
        name("setdomainname " + name, Sys.SETDOMAINNAME, name);
    }

    private void name(String what, Sys call, String name) {
        try (Memory.Frame frame = memory.frame()) {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            check(what, kernel.call(call.nr, frame.bytes(utf8), utf8.length));
        }
    }
}
