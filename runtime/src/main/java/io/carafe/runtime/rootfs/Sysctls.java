package io.carafe.runtime.rootfs;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.NamespaceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code linux.sysctl}: only parameters that a namespace of the container's own holds, since any other is the host's.
 *
 * @see "sysctl(8), for the two ways to write a name"; the list of names is runc's
 */
public final class Sysctls {

    private static final Set<String> IPC = Set.of("kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem",
            "kernel/shmall", "kernel/shmmax", "kernel/shmmni", "kernel/shm_rmid_forced");

    private Sysctls() {
    }

    /**
     * Decides which files are written.
     *
     * @param namespaces that are the container's own
     * @throws SpecException for a parameter that is none, or that none of them holds
     */
    public static List<Step.Sysctl> plan(Map<String, String> sysctl, Set<NamespaceType> namespaces) {
        List<Step.Sysctl> steps = new ArrayList<>();
        for (Map.Entry<String, String> entry : sysctl.entrySet()) {
            String property = "linux.sysctl[\"" + entry.getKey() + "\"]";
            String file = file(property, entry.getKey());
            if (file.equals("kernel/hostname")) {
                throw new SpecException(property, "the host name is set by the property hostname");
            }
            NamespaceType owner = owner(property, file);
            if (!namespaces.contains(owner)) {
                throw new SpecException(property, "the host's would be changed: the container has no " + owner.text() + " namespace");
            }
            steps.add(new Step.Sysctl(file, entry.getValue()));
        }
        return steps;
    }

    private static NamespaceType owner(String property, String file) {
        if (IPC.contains(file) || file.startsWith("fs/mqueue/")) {
            return NamespaceType.IPC;
        }
        if (file.startsWith("net/")) {
            return NamespaceType.NETWORK;
        }
        if (file.equals("kernel/domainname")) {
            return NamespaceType.UTS;
        }
        if (file.startsWith("user/")) {
            return NamespaceType.USER; // limits of user_namespaces(7), a set for each
        }
        throw new SpecException(property, "the host's would be changed: no namespace holds this parameter");
    }

    /** The first of the two separators is the separator; the other one then stands for it, as in {@code net.ipv4.conf.eth0/1.mtu}. */
    private static String file(String property, String name) {
        int dot = name.indexOf('.');
        int slash = name.indexOf('/');
        boolean dots = dot >= 0 && (slash < 0 || dot < slash);
        StringBuilder file = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            file.append(dots && c == '.' ? '/' : dots && c == '/' ? '.' : c);
        }
        for (String part : file.toString().split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new SpecException(property, "expected a name as net.ipv4.ip_forward");
            }
        }
        return file.toString();
    }
}
