package io.carafe.runtime.cgroup.stat;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.spec.json.JsonWriter;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a container used so far.
 *
 * @param texts of each counter that its cgroups have
 * @param hugetlb usage, largest usage and failures by page size, as 2MB
 */
public record Statistics(Map<Counter, String> texts, Map<String, HugePages> hugetlb) {

    /** Texts of numbers. */
    record HugePages(String usage, Optional<String> max, String failcnt) {
    }

    /** Reads what the kernel has: a file that is not there, as its controller or the kernel has none, is left out. */
    public static Statistics read(Linux linux, CgroupPaths paths) {
        return new Reading(linux, paths).all();
    }

    /** As the object {@code data} of an event has it, with runc's names. What else is in it follows. */
    public void write(JsonWriter out) {
        for (String group : Counter.GROUPS) {
            out.name(group);
            out.beginObject();
            String open = "";
            for (Map.Entry<Counter, String> entry : texts.entrySet()) {
                Counter counter = entry.getKey();
                if (!counter.group.equals(group) || !counter.form.isThere(entry.getValue())) {
                    continue;
                }
                if (!counter.object.equals(open)) {
                    if (!open.isEmpty()) {
                        out.endObject();
                    }
                    if (!counter.object.isEmpty()) {
                        out.name(counter.object);
                        out.beginObject();
                    }
                    open = counter.object;
                }
                out.name(counter.name);
                counter.form.write(out, entry.getValue());
            }
            if (!open.isEmpty()) {
                out.endObject();
            }
            out.endObject();
        }
        writeHugetlb(out);
    }

    private void writeHugetlb(JsonWriter out) {
        out.name("hugetlb");
        out.beginObject();
        hugetlb.forEach((size, pages) -> {
            out.name(size);
            out.beginObject();
            out.name("usage");
            out.integer(pages.usage());
            pages.max().ifPresent(max -> {
                out.name("max");
                out.integer(max);
            });
            out.name("failcnt");
            out.integer(pages.failcnt());
            out.endObject();
        });
        out.endObject();
    }

    /** One reading: a file that has several counters is read once. */
    private static final class Reading {

        private final Linux linux;
        private final CgroupPaths paths;
        private final Map<String, String> files = new HashMap<>();

        Reading(Linux linux, CgroupPaths paths) {
            this.linux = linux;
            this.paths = paths;
        }

        Statistics all() {
            Map<Counter, String> texts = new EnumMap<>(Counter.class);
            for (Counter counter : Counter.values()) {
                text(counter).ifPresent(text -> texts.put(counter, text));
            }
            return new Statistics(texts, hugetlb());
        }

        private Optional<String> text(Counter counter) {
            Optional<String> sum = Optional.empty();
            for (Counter.Source source : counter.sources) {
                boolean isV1 = !source.controller().isEmpty();
                Optional<String> directory = isV1 ? paths.v1With(source.controller()) : paths.unified();
                Optional<String> text = directory.flatMap(path -> file(path + "/" + source.file())).flatMap(found -> value(found, source));
                if (text.isPresent() && isV1) {
                    return text;
                }
                if (text.isPresent()) {
                    sum = Optional.of(sum.isPresent() ? sum(sum.get(), text.get()) : text.get());
                }
            }
            return sum;
        }

        private static String sum(String one, String other) {
            return one.equals("max") || other.equals("max") ? "max" : Long.toUnsignedString(Long.parseUnsignedLong(one) + Long.parseUnsignedLong(other));
        }

        private static Optional<String> value(String text, Counter.Source source) {
            if (source.key().isEmpty()) {
                return text.isEmpty() && source.file().startsWith("cpuset.") ? Optional.empty() : Optional.of(text);
            }
            for (String line : text.split("\n")) {
                List<String> words = CounterFormat.words(line);
                if (words.size() == 2 && words.get(0).equals(source.key())) {
                    return Optional.of(source.scale() == 1 ? words.get(1)
                            : Long.toUnsignedString(Long.parseUnsignedLong(words.get(1)) * source.scale()));
                }
            }
            return Optional.empty();
        }

        /** EOPNOTSUPP is what a file of pressure answers when the kernel does not count it, ENODEV one whose cgroup has just been removed. */
        private Optional<String> file(String path) {
            String known = files.get(path);
            if (known == null) {
                try {
                    known = linux.files.readIfPresent(Fd.CWD, path).map(String::strip).orElse(ABSENT);
                } catch (KernelException e) {
                    if (!e.is(Errno.EOPNOTSUPP) && !e.is(Errno.ENODEV)) {
                        throw e;
                    }
                    known = ABSENT;
                }
                files.put(path, known);
            }
            return known == ABSENT ? Optional.empty() : Optional.of(known);
        }

        /** Told by identity from a file that is empty. */
        private static final String ABSENT = new String("absent");

        private Map<String, HugePages> hugetlb() {
            Map<String, HugePages> pages = new TreeMap<>();
            Optional<String> v1 = paths.v1With("hugetlb");
            Optional<String> directory = v1.or(paths::unified);
            if (directory.isEmpty()) {
                return pages;
            }
            String last = v1.isPresent() ? ".usage_in_bytes" : ".current";
            for (String name : names(directory.get())) {
                if (name.startsWith("hugetlb.") && name.endsWith(last) && !name.contains(".rsvd.")) {
                    String size = name.substring("hugetlb.".length(), name.length() - last.length());
                    String prefix = directory.get() + "/hugetlb." + size;
                    pages.put(size, new HugePages(file(prefix + last).orElse("0"),
                            v1.isPresent() ? file(prefix + ".max_usage_in_bytes") : Optional.empty(),
                            (v1.isPresent() ? file(prefix + ".failcnt") : file(prefix + ".events").flatMap(text -> value(text,
                                    new Counter.Source("", "", "max", 1)))).orElse("0")));
                }
            }
            return pages;
        }

        private List<String> names(String directory) {
            try {
                return linux.files.list(Fd.CWD, directory);
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
                return List.of();
            }
        }
    }
}
