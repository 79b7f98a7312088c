package io.carafe.runtime.init.netdevice;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.NetDevice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The devices that move, in the document's order.
 *
 * @param namespace path of the network namespace that the container joins; empty when its init has a new one
 */
public record NetDevicesPlan(List<Move> moves, Optional<String> namespace) {

    public static final NetDevicesPlan NONE = new NetDevicesPlan(List.of(), Optional.empty());

    /** IFNAMSIZ, with the NUL. */
    private static final int NAME_BYTES = 16;
    private static final String TEMPLATE = "%d";

    /**
     * One device.
     *
     * @param host its name on the host
     * @param name its name in the container; where it is a template, the kernel finds a number for the {@code %d} at its end
     */
    public record Move(String host, String name) {

        boolean isTemplate() {
            return name.endsWith(TEMPLATE);
        }

        String property() {
            return "linux.netDevices[\"" + host + "\"]";
        }
    }

    /** @throws SpecException without a network namespace, for an ordinary user, for what is no name, or for a name that two would have */
    public static NetDevicesPlan of(Linux linux, boolean rootless) {
        if (linux.netDevices().isEmpty()) {
            return NONE;
        }
        if (rootless) {
            throw new SpecException("linux.netDevices", "only root can give away a network device of the host");
        }
        Optional<Namespace> network = network(linux);
        if (network.isEmpty()) {
            throw new SpecException("linux.netDevices", "expected a network namespace in linux.namespaces: the devices are the host's already");
        }
        List<Move> moves = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Map.Entry<String, NetDevice> device : linux.netDevices().entrySet()) {
            Move move = new Move(device.getKey(), device.getValue().name().orElse(device.getKey()));
            requireName(move.property(), move.host(), move.host());
            requireName(move.property() + ".name", move.name(), move.isTemplate() && device.getValue().name().isPresent()
                    ? move.name().substring(0, move.name().length() - TEMPLATE.length()) + "0" : move.name());
            if (!move.isTemplate() && !names.add(move.name())) {
                throw new SpecException(move.property() + ".name", "expected each name once, found \"" + move.name() + "\" again");
            }
            moves.add(move);
        }
        return new NetDevicesPlan(moves, network.get().path());
    }

    private static Optional<Namespace> network(Linux linux) {
        for (Namespace namespace : linux.namespaces()) {
            if (namespace.type() == NamespaceType.NETWORK) {
                return Optional.of(namespace);
            }
        }
        return Optional.empty();
    }

    /** dev_valid_name in the kernel; a percent sign is for templates. */
    private static void requireName(String property, String found, String name) {
        boolean valid = !name.isEmpty() && !name.equals(".") && !name.equals("..");
        int bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            valid &= c > ' ' && c != 0x7f && c != 0xa0 && c != '/' && c != ':' && c != '%';
        }
        if (!valid || bytes >= NAME_BYTES) {
            throw new SpecException(property, "expected a device's name of 1 to 15 bytes, without /, :, % (but %d at the end of a new one) and blanks, "
                    + "found \"" + found + '"');
        }
    }
}
