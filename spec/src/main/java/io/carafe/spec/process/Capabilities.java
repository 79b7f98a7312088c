package io.carafe.spec.process;

import java.util.List;

/**
 * The five sets of capabilities(7), each a list of names CAP_…. Unknown names are kept: the specification wants a
 * warning for them, not an error.
 */
public record Capabilities(
        List<String> bounding,
        List<String> effective,
        List<String> inheritable,
        List<String> permitted,
        List<String> ambient) {

    public Capabilities {
        bounding = List.copyOf(bounding);
        effective = List.copyOf(effective);
        inheritable = List.copyOf(inheritable);
        permitted = List.copyOf(permitted);
        ambient = List.copyOf(ambient);
    }
}
