package io.carafe.runtime.cgroup.systemd.bus;

import java.util.Optional;
import java.util.function.UnaryOperator;

/** Where a bus listens (D-Bus Specification, Server Addresses): of the transports, the sockets of this machine. */
public final class BusAddress {

    private static final String SYSTEM = "/run/dbus/system_bus_socket";

    private BusAddress() {
    }

    /** The path of the machine's bus; one that begins with {@code @} is of the abstract namespace. @param environment gives "" for no value */
    public static String system(UnaryOperator<String> environment) {
        return first(environment.apply("DBUS_SYSTEM_BUS_ADDRESS")).orElse(SYSTEM);
    }

    /** The same of a user's bus. */
    public static String user(UnaryOperator<String> environment, int uid) {
        String directory = environment.apply("XDG_RUNTIME_DIR");
        return first(environment.apply("DBUS_SESSION_BUS_ADDRESS"))
                .orElse((directory.isEmpty() ? "/run/user/" + Integer.toUnsignedString(uid) : directory) + "/bus");
    }

    /** The first that is a unix socket, of several addresses with semicolons between them. */
    static Optional<String> first(String addresses) {
        for (String address : addresses.split(";")) {
            if (address.startsWith("unix:")) {
                for (String part : address.substring("unix:".length()).split(",")) {
                    if (part.startsWith("path=")) {
                        return Optional.of(unescaped(part.substring("path=".length())));
                    }
                    if (part.startsWith("abstract=")) {
                        return Optional.of("@" + unescaped(part.substring("abstract=".length())));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** {@code %2c} is a comma. */
    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            boolean escaped = text.charAt(i) == '%' && i + 2 < text.length()
                    && Character.digit(text.charAt(i + 1), 16) >= 0 && Character.digit(text.charAt(i + 2), 16) >= 0;
            if (escaped) {
                plain.append((char) (Character.digit(text.charAt(i + 1), 16) << 4 | Character.digit(text.charAt(i + 2), 16)));
                i += 2;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }
}
