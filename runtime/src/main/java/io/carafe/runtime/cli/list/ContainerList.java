package io.carafe.runtime.cli.list;

import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.spec.json.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The output of `list`, with runc's columns and keys. */
public final class ContainerList {

    private static final List<String> COLUMNS = List.of("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER");

    private final Linux linux;
    private final String root;
    private final Consumer<String> warnings;

    /** @param warnings gets a line for each container that cannot be looked at */
    public ContainerList(Linux linux, String root, Consumer<String> warnings) {
        this.linux = linux;
        this.root = root;
        this.warnings = warnings;
    }

    /** An id a line. */
    public String ids() {
        StringBuilder ids = new StringBuilder();
        containers().forEach(container -> ids.append(Printable.of(container.state().id())).append('\n'));
        return ids.toString();
    }

    public String table() {
        return table(containers(), new Owners(linux));
    }

    public String json() {
        return json(containers(), new Owners(linux));
    }

    /** One that cannot be looked at is told, and keeps no other from the list. One that is deleted meanwhile is not in it. */
    private List<Container> containers() {
        List<Container> containers = new ArrayList<>();
        for (String id : StateDir.ids(linux, root)) {
            try {
                Container.loadSettled(linux, root, id).ifPresent(containers::add);
            } catch (ContainerException e) {
                warnings.accept(e.getMessage());
            } catch (KernelException e) {
                warnings.accept("container \"" + id + "\": " + e.getMessage());
            }
        }
        return containers;
    }

    private static String json(List<Container> containers, Owners owners) {
        StringBuilder array = new StringBuilder("[");
        for (Container container : containers) {
            array.append(array.length() > 1 ? "," : "")
                    .append(new String(container.compactJson(owners.name(container.state().owner())), StandardCharsets.UTF_8).strip());
        }
        return array.append("]\n").toString();
    }

    private static String table(List<Container> containers, Owners owners) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (Container container : containers) {
            rows.add(List.of(Printable.of(container.state().id()), Integer.toString(container.pid()), container.status().text(),
                    Printable.of(container.state().bundle()), Printable.of(container.state().created()),
                    Printable.of(owners.name(container.state().owner()))));
        }
        return Columns.of(rows);
    }
}
