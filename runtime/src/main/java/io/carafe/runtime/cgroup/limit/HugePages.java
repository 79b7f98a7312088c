package io.carafe.runtime.cgroup.limit;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.HugepageLimit;
import io.carafe.spec.resources.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Limits of huge pages: of what is reserved by mmap(2), which fails then with ENOMEM, and of what is used, which ends in SIGBUS.
 *
 * <p>The specification asks for the first where the kernel has it, as every one since Linux 5.7 does; the second holds for pages that
 * are taken without a reservation (MAP_NORESERVE) in the count of what is used.
 */
public final class HugePages {

    static final String CONTROLLER = "hugetlb";
    /** Sizes that kernels count in: the largest first that divides a size. */
    private static final long KIBIBYTES_OF_GIGABYTE = 1L << 20;
    private static final long KIBIBYTES_OF_MEGABYTE = 1L << 10;
    private static final String PREFIX = "hugepages-";
    private static final String SUFFIX = "kB";

    private HugePages() {
    }

    /**
     * The sizes as control files are named.
     *
     * @param directories the names in /sys/kernel/mm/hugepages, as {@code hugepages-2048kB}
     */
    public static List<String> sizes(List<String> directories) {
        List<String> sizes = new ArrayList<>();
        for (String name : directories) {
            if (name.startsWith(PREFIX) && name.endsWith(SUFFIX)) {
                long kibibytes = Long.parseLong(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
                sizes.add(kibibytes >= KIBIBYTES_OF_GIGABYTE ? kibibytes / KIBIBYTES_OF_GIGABYTE + "GB"
                        : kibibytes >= KIBIBYTES_OF_MEGABYTE ? kibibytes / KIBIBYTES_OF_MEGABYTE + "MB" : kibibytes + "KB");
            }
        }
        return sizes;
    }

    static List<Write> writes(Resources resources, Controllers host) {
        List<Write> writes = new ArrayList<>(0);
        for (int i = 0; i < resources.hugepageLimits().size(); i++) {
            HugepageLimit limit = resources.hugepageLimits().get(i);
            String property = "linux.resources.hugepageLimits[" + i + "]";
            if (!host.has(CONTROLLER)) {
                throw host.missing(property, CONTROLLER);
            }
            if (!host.hugePages().contains(limit.pageSize())) {
                throw new SpecException(property + ".pageSize", "this machine has "
                        + (host.hugePages().isEmpty() ? "no huge pages" : "pages of " + String.join(", ", host.hugePages()))
                        + ", found \"" + limit.pageSize() + '"');
            }
            List<String> text = List.of(Long.toUnsignedString(limit.limit()));
            String file = CONTROLLER + "." + limit.pageSize();
            String last = host.v1().contains(CONTROLLER) ? ".limit_in_bytes" : ".max";
            writes.add(new Write(property, file + ".rsvd" + last, text, false));
            writes.add(new Write(property, file + last, text, false));
        }
        return writes;
    }

    /** Whether resources ask for the sizes of the machine's pages. */
    public static boolean isAskedBy(Optional<Resources> resources) {
        return resources.isPresent() && !resources.get().hugepageLimits().isEmpty();
    }
}
