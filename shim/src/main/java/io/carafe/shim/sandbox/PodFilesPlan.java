package io.carafe.shim.sandbox;

import io.carafe.shim.sandbox.message.PodConfig;
import java.util.List;
import java.util.Optional;

/**
 * The files that the CRI plugin leaves to the sandbox, and that each container of the pod gets: /etc/hostname, /etc/hosts,
 * /etc/resolv.conf, /dev/shm.
 *
 * @param hostname empty: the host's
 * @param resolver content of resolv.conf; empty: the host's
 * @param memory whether there is a /dev/shm, which goes with the ipc namespace
 */
record PodFilesPlan(String hostname, Optional<String> resolver, boolean memory) {

    static PodFilesPlan of(String hostname, Optional<PodConfig.Dns> dns, boolean memory) {
        return new PodFilesPlan(hostname, dns.map(PodFilesPlan::resolver), memory);
    }

    /** resolv.conf(5). */
    private static String resolver(PodConfig.Dns dns) {
        StringBuilder text = new StringBuilder();
        line(text, "search", "dns_config.searches", dns.searches());
        for (String server : dns.servers()) {
            line(text, "nameserver", "dns_config.servers", List.of(server));
        }
        line(text, "options", "dns_config.options", dns.options());
        return text.toString();
    }

    private static void line(StringBuilder text, String keyword, String property, List<String> words) {
        if (words.isEmpty()) {
            return;
        }
        text.append(keyword);
        for (String word : words) {
            for (int i = 0; i < word.length(); i++) {
                if (word.charAt(i) <= ' ') {
                    throw new IllegalArgumentException(property + ": expected words without blanks, found \"" + word + '"');
                }
            }
            text.append(' ').append(word);
        }
        text.append('\n');
    }
}
