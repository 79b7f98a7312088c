package io.carafe.runtime.container;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWNS;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWUSER;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.init.attribute.DescriptorLimit;
import io.carafe.runtime.init.namespace.MappedUserNamespaces;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.runtime.init.namespace.JoinedNamespaces;
import io.carafe.runtime.init.namespace.UserNamespaceRoot;
import io.carafe.runtime.rootfs.Rootfs;
import io.carafe.runtime.rootfs.RootfsPlan;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.Root;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Mounts given to a container that runs, and taken from it, as crun has it: no operation of the specification.
 *
 * <p>This process itself enters the container's mount namespace, and never comes back: it ends when all is done.
 */
public final class ContainerMounts {

    private final Linux linux;
    private final String root;
    private final Consumer<String> warnings;

    public ContainerMounts(Linux linux, String root, Consumer<String> warnings) {
        this.linux = linux;
        this.root = root;
        this.warnings = warnings;
    }

    /**
     * Mounts in order; where one fails, those before it are taken back.
     *
     * @param mounts as {@code mounts} of config.json; relative sources count from the bundle
     */
    public void add(String id, List<Mount> mounts) {
        if (!linux.mounts.canBeDetached()) {
            throw new ContainerException("mounts add: needs Linux 5.12");
        }
        Container container = living(id);
        List<RootfsPlan> plans = RootfsPlan.additions(mounts, new HostPath(container.state().bundle()), namespaces(container));
        plans.forEach(plan -> plan.warnings().forEach(warnings));
        // Each waits as a descriptor until this process is inside; it executes nothing.
        DescriptorLimit.raise(linux);
        try (Fd init = init(container); Fd proc = hostsProc(); Undo undo = new Undo()) {
            List<PreparedMounts> prepared = new ArrayList<>();
            for (RootfsPlan plan : plans) {
                prepared.add(undo.onFailure(PreparedMounts.prepare(linux, plan.prepared(), userNamespaces(container)), PreparedMounts::close));
            }
            enter(container, init);
            for (int i = 0; i < plans.size(); i++) {
                ContainerPath at = ContainerPath.of(mounts.get(i).destination());
                try (Rootfs rootfs = Rootfs.of(linux, plans.get(i), Rootfs.Outside.of(prepared.get(i)))) {
                    rootfs.mount();
                    undo.onFailure(() -> unmount(proc, at));
                    rootfs.finish();
                }
            }
            undo.keep();
        }
    }

    /** Unmounts in the reverse order what lies at the destinations; what else the entries say is passed over. */
    public void remove(String id, List<Mount> mounts) {
        Container container = living(id);
        try (Fd init = init(container); Fd proc = hostsProc()) {
            enter(container, init);
            for (int i = mounts.size() - 1; i >= 0; i--) {
                try {
                    unmount(proc, ContainerPath.of(mounts.get(i).destination()));
                } catch (KernelException e) {
                    throw e.during("mounts[" + i + "].destination");
                }
            }
        }
    }

    private Container living(String id) {
        Container container = Container.load(linux, root, id);
        if (container.pid() == 0) {
            throw new ContainerException("container not running");
        }
        if ((container.state().namespaces() & CLONE_NEWNS) == 0) {
            throw new ContainerException("the container has no mount namespace of its own: a mount would be everyone's");
        }
        return container;
    }

    private Fd init(Container container) {
        return container.init(linux).orElseThrow(() -> new ContainerException("container not running"));
    }

    /** To name descriptors by once inside, where /proc is the container's. */
    private Fd hostsProc() {
        return linux.files.open("/proc", O_PATH | O_DIRECTORY);
    }

    private MappedUserNamespaces userNamespaces(Container container) {
        return new MappedUserNamespaces(linux, Host.caller(linux), () -> linux.files.open(NamespaceKind.USER.fileOf(container.pid()), O_RDONLY));
    }

    /** What a document would say of the namespaces that the container has. */
    private static io.carafe.spec.linux.Linux namespaces(Container container) {
        List<Namespace> namespaces = new ArrayList<>();
        for (NamespaceKind kind : NamespaceKind.values()) {
            if ((container.state().namespaces() & kind.flag) != 0) {
                namespaces.add(new Namespace(kind.type(), Optional.of(kind.fileOf(container.pid()))));
            }
        }
        return io.carafe.spec.linux.Linux.EMPTY.withNamespaces(namespaces);
    }

    private void enter(Container container, Fd init) {
        // Before it is inside: the container's processes may not look at this one, nor through its descriptors (CVE-2016-9962).
        linux.processes.prctl(ProcessFlags.PR_SET_DUMPABLE, 0, 0);
        long joined = Exec.otherThanOwn(linux, container.state()) & (CLONE_NEWNS | CLONE_NEWUSER);
        try {
            JoinedNamespaces.joinOf(linux, init, joined);
        } catch (KernelException e) {
            throw e.as("join the container's mount namespace");
        }
        if ((joined & CLONE_NEWUSER) != 0) {
            UserNamespaceRoot.become(linux, false);
        }
    }

    /** Without links on the way: they are the container's, and could lead to what carafe has mounted there to protect the host. */
    private void unmount(Fd proc, ContainerPath at) {
        try (Root inside = Root.of(linux, linux.files.open("/", O_PATH | O_DIRECTORY));
                Fd mount = inside.openWithoutLinks(at, O_PATH).orElseThrow(() -> new KernelException("umount " + at, Errno.ENOENT))) {
            linux.paths.fchdir(proc);
            linux.mounts.umount2("self/fd/" + mount.number(), MNT_DETACH);
        } catch (KernelException e) {
            throw e.as("umount " + at).hint(Errno.EINVAL, "nothing is mounted there, or it came with the mount namespace")
                    .hint(Errno.ELOOP, "the path has a symbolic link");
        }
    }
}
