package io.carafe.shim.stat;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.protobuf.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of one cgroup. One that is not there, as its controller or the kernel has none, has the number 0. */
final class ControlFiles {

    private final Linux linux;
    private final Optional<String> directory;

    ControlFiles(Linux linux, Optional<String> directory) {
        this.linux = linux;
        this.directory = directory;
    }

    String text(String file) {
        if (directory.isEmpty()) {
            return "";
        }
        try {
            return linux.files.readIfPresent(Fd.CWD, directory.get() + "/" + file).orElse("").strip();
        } catch (KernelException e) {
            if (!e.is(Errno.EOPNOTSUPP) && !e.is(Errno.ENODEV)) { // not counted; removed meanwhile
                throw e;
            }
            return "";
        }
    }

    /** {@code max} is the largest number. */
    long number(String file) {
        return number(text(file), -1);
    }

    /** {@code max} is no limit, told by 0. */
    long limit(String file) {
        return number(text(file), 0);
    }

    private static long number(String text, long max) {
        try {
            return text.equals("max") ? max : text.isEmpty() ? 0 : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Fields from a file with a name and a number a line: the first name is field 1. An empty one is no field. */
    void table(ProtoWriter out, String file, List<String> names) {
        for (String line : text(file).split("\n")) {
            int blank = line.indexOf(' ');
            int place = blank < 0 ? -1 : names.indexOf(line.substring(0, blank));
            if (place >= 0) {
                out.integer(place + 1, number(line.substring(blank + 1), -1));
            }
        }
    }

    /** Of a file with a name and a number a line; 0 where there is no such name. */
    long entry(String file, String name) {
        for (String line : text(file).split("\n")) {
            if (line.startsWith(name + " ")) {
                return number(line.substring(name.length() + 1), -1);
            }
        }
        return 0;
    }

    long[] numbers(String file) {
        List<String> words = words(text(file));
        long[] numbers = new long[words.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(words.get(i), -1);
        }
        return numbers;
    }

    /** The sizes of huge pages that are counted: {@code 2MB} of {@code hugetlb.2MB.usage_in_bytes}. @param last what the names end with */
    List<String> pageSizes(String last) {
        List<String> sizes = new ArrayList<>();
        try {
            for (String name : directory.isEmpty() ? List.<String>of() : linux.files.list(Fd.CWD, directory.get())) {
                if (name.startsWith("hugetlb.") && name.endsWith(last) && !name.contains(".rsvd.")) {
                    sizes.add(name.substring("hugetlb.".length(), name.length() - last.length()));
                }
            }
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) { // removed meanwhile
                throw e;
            }
        }
        return sizes;
    }

    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= line.length(); i++) {
            if (i == line.length() || line.charAt(i) == ' ') {
                if (i > start) {
                    words.add(line.substring(start, i));
                }
                start = i + 1;
            }
        }
        return words;
    }
}
