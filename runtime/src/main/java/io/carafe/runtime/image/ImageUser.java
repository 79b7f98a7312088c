package io.carafe.runtime.image;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.spec.process.User;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;

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

    private static final String PASSWD = "/etc/passwd";
    private static final String GROUP = "/etc/group";

    private final UnaryOperator<String> files;

    private ImageUser(UnaryOperator<String> files) {
        this.files = files;
    }

    /**
     * Finds the ids.
     *
     * @param files the content of /etc/passwd and /etc/group of the image, empty where it has none; asked only for what a name needs
     * @throws ImageException when the image does not know the name, or has something else in the place of the file
     */
    static User of(String user, UnaryOperator<String> files) {
        return new ImageUser(files).find(user);
    }

    private User find(String text) {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        Optional<String> wantedGroup = colon < 0 || colon + 1 == text.length() ? Optional.empty() : Optional.of(text.substring(colon + 1));
        if (user.isEmpty()) {
            return new User(0, wantedGroup.map(this::group).orElse(0L), OptionalInt.empty(), List.of(), Optional.empty());
        }
        if (isNumber(user)) {
            return new User(number(user, "user"), wantedGroup.isPresent() ? group(wantedGroup.get()) : groupOf(user), OptionalInt.empty(),
                    List.of(), Optional.empty()); // "SHOULD NOT modify additionalGids if user is numeric or if Config.User specifies a group"
        }
        String[] entry = line(files.apply(PASSWD), NAME, user).orElseThrow(() -> new ImageException(
                "config.User: expected a user of the image's /etc/passwd, or a number; found \"" + user + "\""));
        long uid = number(field(entry, ID), "user");
        if (wantedGroup.isPresent()) {
            return new User(uid, group(wantedGroup.get()), OptionalInt.empty(), List.of(), Optional.empty());
        }
        long gid = number(field(entry, PASSWD_GID), "group");
        return new User(uid, gid, OptionalInt.empty(), memberships(user, gid), Optional.empty());
    }

    /** Of a number without a group: as its line says, and 0 where there is none. A number never needs the file. */
    private long groupOf(String user) {
        Optional<String> gid = line(leniently(PASSWD), ID, user).map(entry -> field(entry, PASSWD_GID)).filter(ImageUser::isNumber);
        return gid.isPresent() ? number(gid.get(), "group") : 0;
    }

    private String leniently(String path) {
        try {
            return files.apply(path);
        } catch (ImageException e) {
            return ""; // a directory in its place, or links in a circle
        }
    }

    private long group(String name) {
        if (isNumber(name)) {
            return number(name, "group");
        }
        return number(field(line(files.apply(GROUP), NAME, name).orElseThrow(() -> new ImageException(
                "config.User: expected a group of the image's /etc/group, or a number; found \"" + name + "\"")), ID), "group");
    }

    private List<Long> memberships(String user, long primary) {
        Set<Long> gids = new LinkedHashSet<>();
        for (String line : leniently(GROUP).split("\n")) {
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
