package io.carafe.runtime.process;

import java.util.Optional;

/** The container's /etc/passwd (passwd(5)), for one question only: users are numbers here, and no name is ever looked up (CVE-2016-3697). */
final class Passwd {

    private static final int UID = 2;
    private static final int HOME = 5;

    private Passwd() {
    }

    /** The home of the first entry with a uid. @return empty where there is none, or it names no home */
    static Optional<String> home(String passwd, int uid) {
        String wanted = Integer.toUnsignedString(uid);
        for (String line : passwd.split("\n")) {
            String[] fields = line.split(":", -1);
            if (fields.length > HOME && fields[UID].equals(wanted)) {
                return fields[HOME].isEmpty() ? Optional.empty() : Optional.of(fields[HOME]);
            }
        }
        return Optional.empty();
    }
}
