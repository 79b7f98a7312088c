package io.carafe.runtime.process;

import io.carafe.linux.call.process.Credentials;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.Rlimit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Everything that is decided about the process of a container before its init exists.
 *
 * @param env without duplicates: the last of a name wins, as in runc
 * @param limits in the order of the document
 * @param keptBounding capabilities that stay in the bounding set, as a mask
 * @param ambient capabilities, as a mask
 * @param groups supplementary groups; an empty list drops the caller's, none keeps them
 * @param warnings what was asked for and cannot be had, where the specification wants a warning and no error
 */
public record ProcessPlan(List<String> args, List<String> env, String cwd, int uid, int gid, Optional<List<Integer>> groups, OptionalInt umask,
        List<Limit> limits, long keptBounding, CapabilitySets capabilities, long ambient, boolean noNewPrivileges,
        OptionalInt oomScoreAdj, List<String> warnings) {

    /** One setrlimit(2). */
    public record Limit(RlimitType type, long soft, long hard) {
    }

    /** The sets of capset(2) as masks. */
    public record CapabilitySets(long effective, long permitted, long inheritable) {

        CapabilitySets with(long more) {
            return new CapabilitySets(effective | more, permitted | more, inheritable);
        }

        Credentials.Capabilities forKernel() {
            return new Credentials.Capabilities(effective, permitted, inheritable);
        }
    }

    /**
     * Decides.
     *
     * @param grantable the capabilities that the init will have: the caller's own, or all in a new user namespace
     * @param property where the process stands in its document, for complaints: {@code process}
     * @throws SpecException for what must be an error: no args, a relative cwd, an unknown or doubled rlimit
     */
    public static ProcessPlan of(Process process, long grantable, String property) {
        if (process.args().isEmpty()) {
            throw new SpecException(property + ".args", "expected at least one argument, found none");
        }
        if (!process.cwd().startsWith("/")) {
            throw new SpecException(property + ".cwd", "expected an absolute path, found \"" + process.cwd() + "\"");
        }
        List<String> warnings = new ArrayList<>(0);
        Grants grants = new Grants(grantable, property + ".capabilities", warnings);
        Capabilities asked = process.capabilities()
                .orElse(new Capabilities(List.of(), List.of(), List.of(), List.of(), List.of()));
        long bounding = grants.mask(asked.bounding());
        long permitted = grants.mask(asked.permitted());
        long inheritable = grants.mask(asked.inheritable());
        CapabilitySets sets = new CapabilitySets(grants.mask(asked.effective()) & permitted, permitted, inheritable);
        // capabilities(7): ambient is always a part of both; a bit that is not is dropped by the kernel's rule, with EPERM.
        long ambient = grants.mask(asked.ambient()) & permitted & inheritable;
        grants.warn();
        return new ProcessPlan(process.args(), withoutDuplicates(process.env(), property), process.cwd(), (int) process.user().uid(),
                (int) process.user().gid(), Optional.of(groups(process)), process.user().umask(), limits(process, property), bounding, sets, ambient,
                process.noNewPrivileges(), process.oomScoreAdj(), List.copyOf(warnings));
    }

    /** The same process with the caller's supplementary groups, whatever the document says. */
    public ProcessPlan keepingGroups() {
        return new ProcessPlan(args, env, cwd, uid, gid, Optional.empty(), umask, limits, keptBounding, capabilities, ambient, noNewPrivileges,
                oomScoreAdj, warnings);
    }

    public boolean keepsGroups() {
        return groups.isEmpty();
    }

    /** The value of a variable of the process. */
    public String variable(String name, String absent) {
        for (String entry : env) {
            if (entry.length() > name.length() && entry.charAt(name.length()) == '=' && entry.startsWith(name)) {
                return entry.substring(name.length() + 1);
            }
        }
        return absent;
    }

    private static List<Integer> groups(Process process) {
        List<Integer> groups = new ArrayList<>(process.user().additionalGids().size());
        for (long gid : process.user().additionalGids()) {
            groups.add((int) gid);
        }
        return groups;
    }

    private static List<String> withoutDuplicates(List<String> env, String property) {
        Map<String, String> byName = new LinkedHashMap<>();
        for (int i = 0; i < env.size(); i++) {
            int equals = env.get(i).indexOf('=');
            if (equals < 1) {
                throw new SpecException(property + ".env[" + i + "]", "expected NAME=value, found \"" + env.get(i) + "\"");
            }
            byName.put(env.get(i).substring(0, equals), env.get(i));
        }
        return List.copyOf(byName.values());
    }

    private static List<Limit> limits(Process process, String property) {
        List<Limit> limits = new ArrayList<>(process.rlimits().size());
        Set<RlimitType> seen = EnumSet.noneOf(RlimitType.class);
        for (int i = 0; i < process.rlimits().size(); i++) {
            Rlimit rlimit = process.rlimits().get(i);
            String at = property + ".rlimits[" + i + "]";
            RlimitType type = RlimitType.named(rlimit.type()).orElseThrow(() -> new SpecException(at + ".type",
                    "expected one of RLIMIT_AS, RLIMIT_CORE, RLIMIT_NOFILE and the others of getrlimit(2), found \"" + rlimit.type() + '"'));
            if (!seen.add(type)) {
                throw new SpecException(at + ".type", "expected each type once, found " + type + " again");
            }
            if (Long.compareUnsigned(rlimit.soft(), rlimit.hard()) > 0) {
                throw new SpecException(at + ".soft", "expected at most hard (" + Long.toUnsignedString(rlimit.hard()) + "), found "
                        + Long.toUnsignedString(rlimit.soft()));
            }
            limits.add(new Limit(type, rlimit.soft(), rlimit.hard()));
        }
        return limits;
    }

    /** Names to masks. What is unknown or cannot be granted is left out with one warning (config.md, capabilities: MUST warn, SHOULD NOT fail). */
    private static final class Grants {

        private final long grantable;
        private final String property;
        private final List<String> warnings;
        private final Set<String> refused = new java.util.LinkedHashSet<>();

        Grants(long grantable, String property, List<String> warnings) {
            this.grantable = grantable;
            this.property = property;
            this.warnings = warnings;
        }

        long mask(List<String> names) {
            long mask = 0;
            for (String name : names) {
                long bit = Capability.named(name).map(Capability::bit).orElse(0L);
                if ((bit & grantable) == 0) {
                    refused.add(name);
                }
                mask |= bit & grantable;
            }
            return mask;
        }

        void warn() {
            for (String name : refused) {
                warnings.add(property + ": " + name + (Capability.named(name).isPresent()
                        ? " cannot be granted: the caller does not have it" : " is not known") + "; going on without it");
            }
        }
    }
}
