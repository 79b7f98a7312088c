package io.carafe.runtime.cli.list;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;

/** Names of uids, from /etc/passwd (passwd(5)). */
public final class Owners {

    private final String passwd;

    public Owners(Linux linux) {
        this.passwd = linux.files.readIfPresent(Fd.CWD, "/etc/passwd").orElse("");
    }

    /** The name, or {@code #uid} where there is none. */
    public String name(long uid) {
        for (String entry : passwd.split("\n")) {
            String[] fields = entry.split(":");
            if (fields.length > 2 && fields[2].equals(Long.toString(uid))) {
                return fields[0];
            }
        }
        return "#" + uid;
    }
}
