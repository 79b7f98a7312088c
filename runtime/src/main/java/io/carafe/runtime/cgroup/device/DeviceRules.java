package io.carafe.runtime.cgroup.device;

import static io.carafe.linux.abi.BpfProgram.BPF_DEVCG_ACC_MKNOD;
import static io.carafe.linux.abi.BpfProgram.BPF_DEVCG_ACC_READ;
import static io.carafe.linux.abi.BpfProgram.BPF_DEVCG_ACC_WRITE;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.DeviceCgroup;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which devices a container may use: rules in order, of which the last that matches an access decides. What no rule matches is
 * refused.
 *
 * @see "runtime-spec config-linux.md, Allowed Device list"
 */
public record DeviceRules(List<Rule> rules) {

    private static final String PROPERTY = "linux.resources.devices";
    private static final int ANY = -1;
    /** For each rule v1's kernel goes through all those before it, and the verifier of v2 takes a program of some 10,000. */
    private static final int MOST = 8192;
    static final int ALL_ACCESS = BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE | BPF_DEVCG_ACC_MKNOD;

    /** What every container may use, as the runtimes before us have it; said after the configuration's own rules. */
    private static final List<Rule> DEFAULT = List.of(
            new Rule(true, 'c', ANY, ANY, BPF_DEVCG_ACC_MKNOD),
            new Rule(true, 'b', ANY, ANY, BPF_DEVCG_ACC_MKNOD),
            standard(1, 3),      // null
            standard(1, 5),      // zero
            standard(1, 7),      // full
            standard(1, 8),      // random
            standard(1, 9),      // urandom
            standard(5, 0),      // tty
            standard(5, 1),      // console
            standard(5, 2),      // ptmx
            standard(136, ANY),  // pts/*
            standard(10, 200));  // net/tun

    public DeviceRules {
        rules = List.copyOf(rules);
    }

    /**
     * One rule about one kind of device.
     *
     * @param type {@code c}, {@code b}, or {@code a} for both
     * @param major -1: all
     * @param minor -1: all
     * @param access bits BPF_DEVCG_ACC_…
     */
    public record Rule(boolean allow, char type, long major, long minor, int access) {

        boolean isAboutEverything() {
            return type == 'a' && major == ANY && minor == ANY && access == ALL_ACCESS;
        }

        /** A line for devices.allow or devices.deny. */
        public String text() {
            return type + " " + number(major) + ":" + number(minor) + " " + ((access & BPF_DEVCG_ACC_READ) != 0 ? "r" : "")
                    + ((access & BPF_DEVCG_ACC_WRITE) != 0 ? "w" : "") + ((access & BPF_DEVCG_ACC_MKNOD) != 0 ? "m" : "");
        }

        private static String number(long number) {
            return number == ANY ? "*" : Long.toString(number);
        }

        private boolean covers(Rule other) {
            return type == other.type && (major == ANY || major == other.major) && (minor == ANY || minor == other.minor);
        }

        private boolean overlaps(Rule other) {
            return type == other.type && (major == ANY || other.major == ANY || major == other.major)
                    && (minor == ANY || other.minor == ANY || minor == other.minor);
        }

        Rule with(int access) {
            return new Rule(allow, type, major, minor, access);
        }

        private Rule of(char type) {
            return new Rule(allow, type, major, minor, access);
        }
    }

    private static Rule standard(int major, int minor) {
        return new Rule(true, 'c', major, minor, ALL_ACCESS);
    }

    /** The configuration's rules and, after them, the default ones. Rules before the last about everything say nothing any more. */
    public static DeviceRules of(List<DeviceCgroup> configured) {
        if (configured.size() > MOST) {
            throw new SpecException(PROPERTY, "expected at most " + MOST + " rules, found " + configured.size());
        }
        List<Rule> rules = new ArrayList<>(configured.size() + DEFAULT.size());
        for (int i = 0; i < configured.size(); i++) {
            Rule rule = rule(PROPERTY + "[" + i + "]", configured.get(i));
            if (rule.isAboutEverything()) {
                rules.clear();
            }
            rules.add(rule);
        }
        rules.addAll(DEFAULT);
        return new DeviceRules(rules);
    }

    /** The lines of v1's devices.list, of a cgroup that refuses by default. */
    static List<Rule> parse(String devicesList) {
        List<Rule> rules = new ArrayList<>();
        for (String line : devicesList.strip().split("\n")) {
            String[] words = line.split("[ :]");
            if (words.length == 4) {
                rules.add(new Rule(true, words[0].charAt(0), parseNumber(words[1]), parseNumber(words[2]), access(PROPERTY, words[3])));
            }
        }
        return rules;
    }

    private static long parseNumber(String text) {
        return text.equals("*") ? ANY : Long.parseLong(text);
    }

    private static Rule rule(String property, DeviceCgroup device) {
        int access = device.access().isPresent() ? access(property + ".access", device.access().get()) : ALL_ACCESS;
        return new Rule(device.allow(), device.type().orElse(DeviceCgroup.Type.ALL).text().charAt(0),
                number(property + ".major", device.major().orElse(ANY)), number(property + ".minor", device.minor().orElse(ANY)),
                access);
    }

    private static int access(String property, String letters) {
        int access = 0;
        for (int i = 0; i < letters.length(); i++) {
            access |= switch (letters.charAt(i)) {
                case 'r' -> BPF_DEVCG_ACC_READ;
                case 'w' -> BPF_DEVCG_ACC_WRITE;
                case 'm' -> BPF_DEVCG_ACC_MKNOD;
                default -> 0; // as runc and crun: "rwa" is written by some, and means no more than "rw"
            };
        }
        if (access == 0) {
            throw new SpecException(property, "expected letters of rwm, found \"" + letters + '"');
        }
        return access;
    }

    private static long number(String property, long number) {
        if (number < ANY || number > 0xffffffffL) {
            throw new SpecException(property, "expected -1 or 0 to 4294967295, found " + number);
        }
        return number;
    }

    public boolean allowByDefault() {
        return !rules.isEmpty() && rules.get(0).isAboutEverything() && rules.get(0).allow();
    }

    /** Whether nothing is refused. */
    public boolean allowEverything() {
        return allowByDefault() && exceptions().isEmpty();
    }

    /**
     * The rules as a v1 cgroup holds them: a behaviour, and exceptions from it without an order.
     *
     * <p>The kernel drops an exception only when a write names exactly it, and ignores a write that would take a part out of a
     * wider one (devcgroup_update_access). Such a part cannot be had on v1.
     *
     * @throws SpecException when a rule takes a part out of a wider one
     */
    public List<Rule> exceptions() {
        boolean allowed = allowByDefault();
        Map<Rule, Integer> exceptions = new LinkedHashMap<>();
        for (Rule rule : rules) {
            if (rule.isAboutEverything()) {
                continue;
            }
            for (char type : rule.type() == 'a' ? new char[] {'c', 'b'} : new char[] {rule.type()}) {
                Rule one = rule.of(type);
                if (rule.allow() != allowed) {
                    exceptions.merge(one.with(0), rule.access(), (before, more) -> before | more);
                } else {
                    takeOut(exceptions, one);
                }
            }
        }
        List<Rule> list = new ArrayList<>(exceptions.size());
        exceptions.forEach((rule, access) -> list.add(rule.with(access)));
        return list;
    }

    private static void takeOut(Map<Rule, Integer> exceptions, Rule rule) {
        for (Iterator<Map.Entry<Rule, Integer>> all = exceptions.entrySet().iterator(); all.hasNext();) {
            Map.Entry<Rule, Integer> exception = all.next();
            if (rule.covers(exception.getKey())) {
                exception.setValue(exception.getValue() & ~rule.access());
                if (exception.getValue() == 0) {
                    all.remove();
                }
            } else if (rule.overlaps(exception.getKey()) && (exception.getValue() & rule.access()) != 0) {
                throw new SpecException(PROPERTY, "cgroup v1 cannot " + (rule.allow() ? "allow " : "deny ") + rule.text()
                        + " after " + exception.getKey().with(exception.getValue()).text());
            }
        }
    }
}
