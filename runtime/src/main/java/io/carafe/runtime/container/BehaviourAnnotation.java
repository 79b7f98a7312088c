package io.carafe.runtime.container;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.systemd.ScopePlan;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Annotations by which crun's users change what a runtime does, a row each.
 *
 * <p>podman hands an image's annotations on, so each may be an image's. None is therefore followed that names something of the host
 * or takes away what confines the container: those rows say what does the same without that danger, or why there is no need. What gives
 * the container more than it has is followed as far as the caller stands behind it: {@link Trust}.
 */
public enum BehaviourAnnotation {
    KEEP_ORIGINAL_GROUPS("run.oci.keep_original_groups", ""),
    MOUNT_CONTEXT_TYPE("run.oci.mount_context_type", ""),
    SECCOMP_FAIL_UNKNOWN_SYSCALL("run.oci.seccomp_fail_unknown_syscall", ""),
    SECCOMP_RECEIVER("run.oci.seccomp.receiver", "linux.seccomp.listenerPath does the same"),
    SECCOMP_PLUGINS("run.oci.seccomp.plugins", "a program behind linux.seccomp.listenerPath does the same"),
    SECCOMP_BPF_DATA("run.oci.seccomp_bpf_data", "linux.seccomp is the filter"),
    PIDFD_RECEIVER("run.oci.pidfd_receiver", "--pidfd-socket does the same"),
    HOOKS_STDOUT("run.oci.hooks.stdout", "a hook writes where it wants by itself"),
    HOOKS_STDERR("run.oci.hooks.stderr", "a hook writes where it wants by itself"),
    DELEGATE_CGROUP("run.oci.delegate-cgroup", "the container makes cgroups below its own, where they are handed to it"),
    SYSTEMD_SUBGROUP("run.oci.systemd.subgroup", "the scope itself is the container's cgroup"),
    FORCE_CGROUP_V1("run.oci.systemd.force_cgroup_v1", "an entry of mounts does the same"),
    HANDLER("run.oci.handler", "process.args runs as a program of this kernel");

    private static final List<String> CONTEXTS = List.of("context", "fscontext", "defcontext", "rootcontext");

    private final String text;
    /** Empty: it is followed. */
    private final String instead;

    BehaviourAnnotation(String text, String instead) {
        this.text = text;
        this.instead = instead;
    }

    /** Which annotations the caller stands behind. Nothing in config.json tells those of an image, which podman hands on, from the caller's own. */
    public enum Trust {
        /** None by which an image would get more than it has. */
        NOTHING,
        /** That the container may have an ordinary user's supplementary groups: podman's keep-groups. */
        GROUPS,
        /** All: the caller has said so. */
        EVERYTHING;

        /** @param asked whether the caller says so */
        static Trust of(Linux linux, boolean asked) {
            // Root of a user namespace is an ordinary user, too: so podman calls a runtime.
            return asked ? EVERYTHING : linux.credentials.isOrdinaryUser() ? GROUPS : NOTHING;
        }
    }

    /** Those that change something, as {@code features} lists them. */
    public static List<String> followed() {
        List<String> followed = new ArrayList<>();
        for (BehaviourAnnotation row : values()) {
            if (row.instead.isEmpty()) {
                followed.add(row.text);
            }
        }
        return followed;
    }

    /** Without the properties of a unit that only a caller may ask for. */
    static Map<String, String> trusted(Map<String, String> annotations, Trust trust) {
        if (trust == Trust.EVERYTHING) {
            return annotations;
        }
        Map<String, String> trusted = new LinkedHashMap<>(annotations);
        trusted.keySet().removeIf(ScopePlan::isHarmful);
        return trusted;
    }

    /** One line for each that is there and is not followed. @param scope whether properties of a scope would be followed at all */
    static List<String> warnings(Map<String, String> annotations, Trust trust, boolean scope) {
        List<String> warnings = new ArrayList<>(0);
        if (KEEP_ORIGINAL_GROUPS.isOn(annotations) && trust == Trust.NOTHING) {
            warnings.add(untrusted(KEEP_ORIGINAL_GROUPS.text));
        }
        if (!annotations.isEmpty()) {
            for (String name : annotations.keySet()) {
                if (scope && trust != Trust.EVERYTHING && ScopePlan.isHarmful(name)) {
                    warnings.add(untrusted(name));
                }
            }
            for (BehaviourAnnotation row : values()) {
                if (!row.instead.isEmpty() && annotations.containsKey(row.text)) {
                    warnings.add("annotations[\"" + row.text + "\"]: is not followed: " + row.instead);
                }
            }
        }
        return warnings;
    }

    private static String untrusted(String name) {
        return "annotations[\"" + name + "\"]: is not followed: an image may have brought it; where it is the caller's, say --trust-annotations before"
                + " the verb";
    }

    /** Whether it is there with a value other than 0. */
    boolean isOn(Map<String, String> annotations) {
        return !annotations.getOrDefault(text, "0").equals("0");
    }

    /** A process of the container, with the caller's groups where that is asked for: root's are rights to the host's files, as disk and shadow. */
    static ProcessPlan withGroups(ProcessPlan process, Map<String, String> annotations, Trust trust) {
        return KEEP_ORIGINAL_GROUPS.isOn(annotations) && trust != Trust.NOTHING ? process.keepingGroups() : process;
    }

    /** The mount option that takes {@code linux.mountLabel}. @throws SpecException when it is none of SELinux's */
    static String mountContextType(Map<String, String> annotations) {
        String option = annotations.getOrDefault(MOUNT_CONTEXT_TYPE.text, CONTEXTS.get(0));
        if (!CONTEXTS.contains(option)) {
            throw new SpecException("annotations[\"" + MOUNT_CONTEXT_TYPE.text + "\"]", "expected " + String.join(" or ", CONTEXTS)
                    + ", found \"" + option + '"');
        }
        return option;
    }
}
