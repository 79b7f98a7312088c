package io.carafe.runtime.cli.bundle;

import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cli.list.Columns;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.runtime.image.store.CollectionPlan;
import io.carafe.runtime.image.store.ImageRecord;
import io.carafe.runtime.image.store.LayerStore;
import io.carafe.spec.json.Printable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The outputs of {@code images}. */
public final class StoreReport {

    private static final List<String> COLUMNS = List.of("NAME", "ID", "LAYERS", "SIZE", "BUNDLES");
    private static final int DIGITS_OF_ID = 12;
    private static final long KILO = 1000;

    private final Linux linux;
    private final String store;
    private final String root;
    private final Consumer<String> warn;

    /** @param root of the containers, which may use layers of bundles that have gone */
    public StoreReport(Linux linux, String store, String root, Consumer<String> warn) {
        this.linux = linux;
        this.store = store;
        this.root = root;
        this.warn = warn;
    }

    /** An id a line. */
    public String ids() {
        StringBuilder ids = new StringBuilder();
        LayerStore.images(linux, store).forEach(image -> ids.append(image.id().hex()).append('\n'));
        return ids.toString();
    }

    public String json() {
        StringBuilder array = new StringBuilder("[");
        for (ImageRecord image : LayerStore.images(linux, store)) {
            array.append(array.length() > 1 ? "," : "").append(new String(ImageRecord.TABLE.compact(image), StandardCharsets.UTF_8));
        }
        return array.append("]\n").toString();
    }

    /** A line for each name of an image. */
    public String table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        for (ImageRecord image : LayerStore.images(linux, store)) {
            for (String name : image.names()) {
                rows.add(List.of(Printable.of(name), image.id().hex().substring(0, DIGITS_OF_ID), Integer.toString(image.layers().size()),
                        size(image.size()), Integer.toString(image.bundles().size())));
            }
        }
        return Columns.of(rows);
    }

    /** In units of a thousand, as docker and podman have it. */
    static String size(long bytes) {
        if (bytes < KILO) {
            return bytes + " B";
        }
        long tenths = bytes * 10 / KILO;
        String units = "kMGTPE";
        int unit = 0;
        while (tenths >= 10 * KILO) {
            tenths /= KILO;
            unit++;
        }
        return tenths / 10 + "." + tenths % 10 + " " + units.charAt(unit) + "B";
    }

    /** Removes images. @throws UsageException when none is named */
    public String remove(List<String> words) {
        if (words.isEmpty()) {
            throw new UsageException("images remove: expected a name or an id of `carafe images list`, found nothing");
        }
        return told(LayerStore.remove(linux, store, words, inUse()));
    }

    public String collect() {
        return told(LayerStore.remove(linux, store, List.of(), inUse()));
    }

    private static String told(CollectionPlan gone) {
        StringBuilder text = new StringBuilder();
        gone.images().forEach(image -> text.append("removed ").append(Printable.of(String.join(", ", image.names()))).append(" (")
                .append(image.id().hex(), 0, DIGITS_OF_ID).append(")\n"));
        return text.append("removed ").append(gone.layers().size()).append(gone.layers().size() == 1 ? " layer\n" : " layers\n").toString();
    }

    private List<String> inUse() {
        List<String> inUse = new ArrayList<>();
        for (String id : StateDir.ids(linux, root)) {
            try {
                Container.loadSettled(linux, root, id).ifPresent(container -> inUse.addAll(container.state().annotations().values()));
            } catch (ContainerException e) {
                warn.accept(e.getMessage());
            } catch (KernelException e) {
                warn.accept("container \"" + id + "\": " + e.getMessage());
            }
        }
        return inUse;
    }
}
