package io.carafe.linux.proc;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).
 *
 * <pre>
 * 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 * id parent dev root mountPoint options tags - type source superOptions
 * </pre>
 */
public record MountInfo(int id, int parent, String device, String root, String mountPoint, String options, List<String> tags,
        String type, String source, String superOptions) {

    /** @throws ProcTextException for a line of another form */
    public static List<MountInfo> parse(String text) {
        return Lines.of("/proc/PID/mountinfo", text, line -> line(fields(line)));
    }

    /** One blank separates two fields: the source may be empty, as after {@code mount -t tmpfs "" /mnt}. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>(12);
        int start = 0;
        for (int end = line.indexOf(' '); end >= 0; end = line.indexOf(' ', start)) {
            fields.add(line.substring(start, end));
            start = end + 1;
        }
        fields.add(line.substring(start));
        return fields;
    }

    private static MountInfo line(List<String> fields) {
        int separator = fields.indexOf("-");
        return new MountInfo(Integer.parseInt(fields.get(0)), Integer.parseInt(fields.get(1)), fields.get(2),
                unescape(fields.get(3)), unescape(fields.get(4)), fields.get(5), List.copyOf(fields.subList(6, separator)),
                fields.get(separator + 1), unescape(fields.get(separator + 2)), fields.get(separator + 3));
    }

    /** Space, tab, newline and backslash stand as three octal digits. */
    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder plain = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && i + 3 < field.length()) {
                plain.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    /** Whether an option stands in the mount's list, as {@code ro}. */
    public boolean has(String option) {
        return ("," + options + ",").contains("," + option + ",");
    }
}
