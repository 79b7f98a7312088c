package io.carafe.benchmarks.host;

import io.carafe.linux.proc.MountInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the numbers were measured on. */
public final class Machine {

    /** A load below which the machine counts as idle: a build that has just ended is still in the average of a minute. */
    private static final double IDLE = 0.5;

    private Machine() {
    }

    /** Facts by name, in the order in which they are printed. */
    public static Map<String, String> facts(View view) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kernel", "Linux " + line("/proc/sys/kernel/osrelease").split("-")[0] + ", " + System.getProperty("os.arch"));
        facts.put("processors", Runtime.getRuntime().availableProcessors() + " × " + processor());
        facts.put("cgroups", cgroups(view));
        facts.put("load before", load());
        return facts;
    }

    public static String cgroups(View view) throws IOException {
        return layout().text + (view == View.V2 ? " (the host's cgroup2 tree in a mount namespace)" : "");
    }

    /** That of the last minute. */
    public static String load() throws IOException {
        String loadavg = line("/proc/loadavg");
        String lastMinute = loadavg.substring(0, loadavg.indexOf(' '));
        return lastMinute + (Double.parseDouble(lastMinute) < IDLE ? "" : " (busy: others' work is in these numbers)");
    }

    public static CgroupLayout layout() throws IOException {
        return CgroupLayout.of(MountInfo.parse(Files.readString(Path.of("/proc/self/mountinfo"))));
    }

    private static String line(String file) throws IOException {
        return Files.readString(Path.of(file)).trim();
    }

    /** x86 has a name in cpuinfo, aarch64 has none. */
    private static String processor() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
            if (line.startsWith("model name")) {
                return line.substring(line.indexOf(':') + 1).trim();
            }
        }
        return System.getProperty("os.arch");
    }
}
