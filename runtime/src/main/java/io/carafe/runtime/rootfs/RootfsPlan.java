package io.carafe.runtime.rootfs;

import static io.carafe.linux.abi.MountFlags.MS_PRIVATE;
import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.MountFlags.MS_SHARED;
import static io.carafe.linux.abi.MountFlags.MS_SLAVE;
import static io.carafe.linux.abi.MountFlags.MS_UNBINDABLE;

import io.carafe.runtime.rootfs.mask.MaskedPaths;
import io.carafe.runtime.rootfs.mount.MountIds;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.runtime.rootfs.overlay.Layers;
import io.carafe.runtime.rootfs.overlay.RootfsAnnotation;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.source.Source;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.RootfsPropagation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What has to be done for a container's file tree, in order.
 *
 * @param root the directory that becomes the root
 * @param mount until the createContainer hooks: the mounts in the configuration's order, then devices and links
 * @param pivot the change of the root, after those hooks; none where mounts are added to a tree that is there already
 * @param finish what must come last, since a hook may still write into the tree: read-only mounts, kernel parameters, read-only
 *     and masked paths
 * @param warnings one line each
 * @see "runtime-spec config.md, Mounts; config-linux.md; runtime-linux.md"
 */
public record RootfsPlan(HostPath root, List<Step> mount, Optional<Step> pivot, List<Step> finish, List<String> warnings) {

    /**
     * What a plan must know of the host.
     *
     * @param bundle absolute; the directory that relative paths of the configuration count from
     * @param cgroups every hierarchy of the host, with the container's own cgroup in it
     * @param noPivot whether its root cannot be pivoted (the caller says so): a ramdisk
     * @param labelOption the mount option that takes {@code linux.mountLabel}
     */
    public record Host(HostPath bundle, List<CgroupHierarchy> cgroups, boolean noPivot, String labelOption) {

        public Host {
            cgroups = List.copyOf(cgroups);
        }
    }

    private static final HostPath TOP = new HostPath("/");
    /** One superblock for all, with labels that the policy gives. */
    private static final Set<String> UNLABELLED = Set.of("proc", "sysfs", "mqueue", "cgroup", "cgroup2");

    public RootfsPlan {
        mount = List.copyOf(mount);
        finish = List.copyOf(finish);
        warnings = List.copyOf(warnings);
    }

    /** @throws SpecException when the configuration asks for what is wrong, dangerous or not supported yet */
    public static RootfsPlan of(Config config, Host host) {
        Linux linux = config.linux().orElse(Linux.EMPTY);
        Set<NamespaceType> namespaces = EnumSet.noneOf(NamespaceType.class);
        boolean ownMounts = false;
        for (Namespace namespace : linux.namespaces()) {
            namespaces.add(namespace.type());
            ownMounts |= namespace.type() == NamespaceType.MOUNT && namespace.path().isEmpty();
        }
        io.carafe.spec.Root configured = config.root()
                .orElseThrow(() -> new SpecException("root", "required, and not there"));
        if (configured.path().isEmpty()) {
            throw new SpecException("root.path", "expected a path, found \"\"");
        }
        HostPath root = host.bundle().resolve(configured.path());
        if (!ownMounts) {
            return SharedMountsPlan.of(config, linux, root, namespaces);
        }
        Propagation propagation = Propagation.of(linux.rootfsPropagation());

        MountsPlan mounts = MountsPlan.of(config.mounts(), host, namespaces, linux);
        List<Step> mount = new ArrayList<>();
        mount.add(new Step.HostPropagation(root, propagation.host));
        Optional<Layers> layers = Layers.of(config.annotations(), host.bundle(), namespaces.contains(NamespaceType.USER));
        if (layers.isPresent()) {
            requireInBundle(root, host.bundle());
        }
        mount.add(layers.isPresent() ? new Step.OverlayRoot(root, layers.get(), propagation.rootBefore)
                : new Step.BindRoot(root, propagation.rootBefore));
        for (Step step : mounts.steps()) {
            mount.add(linux.mountLabel().isPresent() ? labelled(step, host.labelOption() + "=" + linux.mountLabel().get()) : step);
        }
        mount.addAll(DevicesPlan.of(linux.devices(), mounts.devIsBound(), namespaces.contains(NamespaceType.USER), mounts.seen()));

        List<Step> finish = new ArrayList<>();
        if (propagation.rootAfter != 0) {
            finish.add(new Step.RootPropagation(propagation.rootAfter));
        }
        if (configured.readonly()) {
            finish.add(new Step.ReadOnlyRoot());
        }
        finish.addAll(mounts.readOnlyLater());
        finish.addAll(Sysctls.plan(linux.sysctl(), namespaces));
        // In this order: a mask may lie below a read-only path, whose bind would cover it.
        List<String> warnings = new ArrayList<>(mounts.warnings());
        for (ContainerPath path : guarded("linux.readonlyPaths", linux.readonlyPaths(), warnings)) {
            // A bind over the root would be over it, and the processes' root still the one below.
            finish.add(path.isRoot() ? new Step.ReadOnlyRoot() : new Step.ReadOnlyPath(path));
        }
        guarded("linux.maskedPaths", linux.maskedPaths(), warnings).forEach(path -> finish.add(new Step.Mask(path)));
        return new RootfsPlan(root, mount, Optional.of(host.noPivot() ? new Step.MoveRoot() : new Step.Pivot(propagation.host == 0)), finish,
                warnings);
    }

    /** podman writes an empty one for {@code --security-opt mask=}; runc and crun pass it over, and take a relative one from the root. */
    private static List<ContainerPath> guarded(String property, List<String> texts, List<String> warnings) {
        List<ContainerPath> paths = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            if (text.isEmpty()) {
                warnings.add(property + "[" + i + "]: is empty; passed over");
                continue;
            }
            ContainerPath path = ContainerPath.of(text);
            if (!text.startsWith("/")) {
                warnings.add(property + "[" + i + "]: expected an absolute path, found \"" + text + "\"; taken for " + path);
            }
            paths.add(path);
        }
        return paths;
    }

    /**
     * Mounts for a container that is there already, a plan each; performed in its mount namespace.
     *
     * @param mounts {@code mounts[]} of their document
     * @param linux the namespaces that the container has
     * @throws SpecException also for what can only be mounted in a new container
     */
    public static List<RootfsPlan> additions(List<Mount> mounts, HostPath bundle, Linux linux) {
        Set<NamespaceType> namespaces = EnumSet.noneOf(NamespaceType.class);
        for (Namespace namespace : linux.namespaces()) {
            namespaces.add(namespace.type());
        }
        Host host = new Host(bundle, List.of(), false, "");
        List<RootfsPlan> plans = new ArrayList<>();
        for (int i = 0; i < mounts.size(); i++) {
            MountsPlan one = MountsPlan.addition("mounts[" + i + "]", mounts.get(i), host, namespaces, linux);
            List<Step> mount = new ArrayList<>();
            mount.add(new Step.OpenRoot(TOP));
            mount.addAll(one.steps());
            plans.add(new RootfsPlan(TOP, mount, Optional.empty(), one.readOnlyLater(), one.warnings()));
        }
        return plans;
    }

    /** Whether the tree is there already: its mount namespace has none of the host's paths, so every bind is prepared outside. */
    boolean isAddition() {
        return pivot.isEmpty();
    }

    /** What of the host is opened, each at its turn, in an order that is the same for all who have this plan. */
    public List<Source> sources() {
        Set<Source> sources = new LinkedHashSet<>();
        for (Step step : isAddition() ? List.<Step>of() : mount) {
            sources.addAll(step.sources());
        }
        return List.copyOf(sources);
    }

    /** The id maps of its binds. */
    public Set<MountIds> maps() {
        Set<MountIds> maps = new LinkedHashSet<>();
        sources().forEach(source -> source.ids().ifPresent(maps::add));
        return maps;
    }

    /** SELinux's mount option, as runc: not for binds, whose files have labels of their own, nor for what takes none. */
    private static Step labelled(Step step, String option) {
        if (!(step instanceof Step.NewFileSystem) || UNLABELLED.contains(((Step.NewFileSystem) step).type())) {
            return step;
        }
        Step.NewFileSystem mount = (Step.NewFileSystem) step;
        if (mount.options().says("context")) {
            return step;
        }
        List<String> data = new ArrayList<>(mount.options().data());
        data.add(option);
        return new Step.NewFileSystem(mount.at(), mount.type(), mount.source(), mount.options().withData(data), mount.ordinaryDirectory(),
                mount.modeOfPlace(), mount.keep(), mount.otherwise());
    }

    /**
     * podman hands an image's annotations on to the runtime, so an image could ask for any directory of the host as its layer. Its
     * root, as that of every manager who puts roots together by itself and does so, lies outside the bundle.
     */
    private static void requireInBundle(HostPath root, HostPath bundle) {
        if (!ContainerPath.of(root.text()).isWithin(ContainerPath.of(bundle.text()))) {
            throw new SpecException("annotations[\"" + RootfsAnnotation.LOWER.text() + "\"]", "layers are for a root.path inside the bundle;"
                    + " for " + root + " the annotation may be an image's");
        }
    }

    /** A path in the container that must begin with a slash. */
    static ContainerPath absolute(String property, String text) {
        if (!text.startsWith("/")) {
            throw new SpecException(property, "expected an absolute path, found \"" + text + '"');
        }
        return ContainerPath.of(text);
    }

    /** The mounts that are to be made before anybody is in the container's namespaces. */
    public List<PreparedMounts.Wanted> prepared() {
        List<PreparedMounts.Wanted> wanted = new ArrayList<>();
        for (Step step : mount) {
            if (step instanceof Step.Bind) {
                Step.Bind bind = (Step.Bind) step;
                if (isAddition()) {
                    wanted.add(new PreparedMounts.Tree(bind.source(), bind.options().recursive(), bind.options().followsSource(), bind.options().ids()));
                }
            } else if (step instanceof Step.NewFileSystem) {
                Step.NewFileSystem made = (Step.NewFileSystem) step;
                if (made.options().ids().isPresent()) {
                    wanted.add(new PreparedMounts.FileSystem(made.type(), made.source(), made.options()));
                }
            }
        }
        return wanted;
    }

    /**
     * Where a mount is to be remembered by its descriptor: every directory above a path that some step looks up, and what the last steps
     * look up themselves.
     */
    Set<String> lookedUpAgain() {
        Set<String> paths = new HashSet<>();
        for (Step step : mount) {
            if (step instanceof Step.Placed) {
                addAbove(((Step.Placed) step).at().text(), paths);
            }
        }
        for (Step step : finish) {
            if (step instanceof Step.Placed) {
                paths.add(((Step.Placed) step).at().text());
                addAbove(((Step.Placed) step).at().text(), paths);
            }
            if (step instanceof Step.Mask) {
                addAbove(MaskedPaths.NULL.text(), paths);
            }
        }
        return paths;
    }

    private static void addAbove(String path, Set<String> paths) {
        String above = path;
        for (int slash = above.lastIndexOf('/'); slash > 0; slash = above.lastIndexOf('/')) {
            above = above.substring(0, slash);
            if (!paths.add(above)) {
                return;
            }
        }
    }

    /** Every step, in the order in which it is done. */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>(mount);
        pivot.ifPresent(steps::add);
        steps.addAll(finish);
        return steps;
    }

    /** {@code linux.rootfsPropagation}, a row for each of its meanings. */
    private enum Propagation {
        /** As runc: nothing flows to the host; mounts made on the host reach the volumes, not the root. */
        ABSENT(MS_SLAVE | MS_REC, MS_PRIVATE, 0),
        PRIVATE(MS_PRIVATE | MS_REC, MS_PRIVATE, 0),
        SLAVE(MS_SLAVE | MS_REC, 0, 0),
        /** Volumes stay in the host's peer groups; the root becomes one of its own, as it must not be shared while it pivots. */
        SHARED(0, MS_PRIVATE, MS_SHARED),
        /** What is unbindable cannot be bound onto itself: so only in the end. */
        UNBINDABLE(MS_PRIVATE | MS_REC, MS_PRIVATE, MS_UNBINDABLE),
        RSHARED(0, MS_PRIVATE, MS_SHARED | MS_REC),
        RUNBINDABLE(MS_PRIVATE | MS_REC, MS_PRIVATE, MS_UNBINDABLE | MS_REC);

        /** Of the host's mounts, in the new namespace; 0 as they are. */
        private final long host;
        /** Of the bound root; 0 as it is. */
        private final long rootBefore;
        /** Of the root after the pivot; 0 as it is. */
        private final long rootAfter;

        Propagation(long host, long rootBefore, long rootAfter) {
            this.host = host;
            this.rootBefore = rootBefore;
            this.rootAfter = rootAfter;
        }

        static Propagation of(Optional<RootfsPropagation> word) {
            if (word.isEmpty()) {
                return ABSENT;
            }
            switch (word.get()) {
                case SHARED:
                    return SHARED;
                case RSHARED:
                    return RSHARED;
                case SLAVE:
                case RSLAVE:
                    return SLAVE;
                case UNBINDABLE:
                    return UNBINDABLE;
                case RUNBINDABLE:
                    return RUNBINDABLE;
                default:
                    return PRIVATE;
            }
        }
    }
}
