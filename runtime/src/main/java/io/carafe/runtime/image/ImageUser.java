package io.carafe.runtime.image;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.spec.process.User;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Whom {@code config.User} means: {@code user}, {@code uid}, {@code user:group}, {@code uid:gid}, {@code uid:group},
 * {@code user:gid}. What consists of digits is a number and never looked up as a name, whatever the image's files say
 * (CVE-2016-3697).
 *
 * @see "image-spec conversion.md, Config.User; passwd(5), group(5)"
 */
final class ImageUser {

    private static final int NAME = 0;
    private static final int ID = 2;
    private static final int PASSWD_GID = 3;
    private static final int MEMBERS = 3;
    private static final long LARGEST = 0xffff_fffeL; // the last one is chown(2)'s "leave it"

    private final String passwd;
    private final String group;

    private ImageUser(String passwd, String group) {
        this.passwd = passwd;
        this.group = group;
    }

    /** Whether the image's files are needed: a lone uid wants its group from them, a name itself. */
    static boolean looksUp(String user) {
        int colon = user.indexOf(':');
        return colon < 0 || !isNumber(user.substring(0, colon)) || !isNumber(user.substring(colon + 1));
    }

    /**
     * Finds the ids.
     *
     * @param passwd the image's /etc/passwd, empty where it has none
     * @param group the image's /etc/group, likewise
     * @throws ImageException when the image does not know the name
     */
    static User of(String user, String passwd, String group) {
        return new ImageUser(passwd, group).find(user);
    }

    private User find(String text) {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        Optional<String> wantedGroup = colon < 0 || colon + 1 == text.length() ? Optional.empty() : Optional.of(text.substring(colon + 1));
        boolean byNumber = isNumber(user);
        Optional<String[]> entry = user.isEmpty() ? Optional.empty() : line(passwd, byNumber ? ID : NAME, user);
        long uid;
        if (user.isEmpty()) {
            uid = 0;
        } else if (byNumber) {
            uid = number(user, "user");
        } else {
            uid = number(field(entry.orElseThrow(() -> new ImageException(
                    "config.User: expected a user of the image's /etc/passwd, or a number; found \"" + user + "\"")), ID), "user");
        }
        long gid = wantedGroup.isPresent() ? group(wantedGroup.get())
                : entry.map(fields -> number(field(fields, PASSWD_GID), "group")).orElse(0L);
        // "SHOULD NOT modify additionalGids if user is numeric or if Config.User specifies a group"
        List<Long> additional = byNumber || user.isEmpty() || wantedGroup.isPresent() ? List.of() : memberships(user, gid);
        return new User(uid, gid, OptionalInt.empty(), additional, Optional.empty());
    }

    private long group(String name) {
        if (isNumber(name)) {
            return number(name, "group");
        }
        return number(field(line(group, NAME, name).orElseThrow(() -> new ImageException(
                "config.User: expected a group of the image's /etc/group, or a number; found \"" + name + "\"")), ID), "group");
    }

    private List<Long> memberships(String user, long primary) {
        Set<Long> gids = new LinkedHashSet<>();
        for (String line : group.split("\n")) {
            String[] fields = line.split(":", -1);
            if (fields.length > MEMBERS && isNumber(fields[ID])) {
                for (String member : fields[MEMBERS].split(",")) {
                    long gid = member.equals(user) ? number(fields[ID], "group") : primary;
                    if (gid != primary) {
                        gids.add(gid);
                    }
                }
            }
        }
        return List.copyOf(gids);
    }

    private static Optional<String[]> line(String file, int field, String wanted) {
        for (String line : file.split("\n")) {
            String[] fields = line.split(":", -1);
            if (fields.length > field && fields[field].equals(wanted)) {
                return Optional.of(fields);
            }
        }
        return Optional.empty();
    }

    private static String field(String[] fields, int field) {
        return fields.length > field ? fields[field] : "";
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static long number(String text, String what) {
        if (!isNumber(text) || text.length() > 10 || Long.parseLong(text) > LARGEST) {
            throw new ImageException("config.User: expected a " + what + " from 0 to " + LARGEST + ", found \"" + text + "\"");
        }
        return Long.parseLong(text);
    }
}
