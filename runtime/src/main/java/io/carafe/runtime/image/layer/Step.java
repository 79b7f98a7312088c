package io.carafe.runtime.image.layer;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.tar.TarEntry;

/** What an entry means for the layer. */
sealed interface Step {

    /** Overlayfs' mark for what the layers below have and this one takes away: a character device 0:0. */
    record Whiteout(EntryPath path) implements Step {
    }

    /** A directory that hides all that the layers below have in theirs. */
    record Opaque(EntryPath directory) implements Step {
    }

    /** A name that only aufs understands, and that hard links of the layer have nothing to do with. */
    record Nothing() implements Step {
    }

    record Make(EntryPath path, TarEntry entry) implements Step {
    }

    record Link(EntryPath path, EntryPath target) implements Step {
    }

    String WHITEOUT = ".wh.";
    String OPAQUE = ".wh..wh..opq";
    String AUFS = ".wh..wh.";
    /**
     * Where aufs keeps the files that have several names: a hard link of such a layer may be to one of them. They are made like any
     * other, and the directory goes when the layer is whole.
     */
    String AUFS_LINKS = ".wh..wh.plnk";

    /**
     * Decides what is to be done about an entry.
     *
     * @throws ImageException when the entry would reach out of the layer, or is one that no layer may have
     */
    static Step of(TarEntry entry) {
        try {
            return decide(entry);
        } catch (ImageException e) {
            throw e.during("entry " + shown(entry.name()));
        }
    }

    private static String shown(String name) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(name.length(), 100); i++) {
            text.append(Character.isISOControl(name.charAt(i)) ? '?' : name.charAt(i));
        }
        return text + (name.length() > 100 ? "…" : "");
    }

    private static Step decide(TarEntry entry) {
        EntryPath path = EntryPath.of(entry.name());
        if (path.isLayer()) {
            if (entry.type() != TarEntry.Type.DIRECTORY) {
                throw new ImageException("expected a name");
            }
            return new Make(path, entry);
        }
        if (path.names().get(0).equals(AUFS_LINKS)) {
            return file(path, entry);
        }
        for (String name : path.parent().names()) {
            if (name.startsWith(AUFS)) {
                return new Nothing();
            }
            if (name.startsWith(WHITEOUT)) {
                throw new ImageException("expected no directory whose name starts with " + WHITEOUT);
            }
        }
        if (path.name().startsWith(WHITEOUT)) {
            return whiteout(path);
        }
        return file(path, entry);
    }

    private static Step file(EntryPath path, TarEntry entry) {
        return switch (entry.type()) {
            case HARD_LINK -> new Link(path, target(entry.linkName()));
            case SYMBOLIC_LINK -> {
                if (entry.linkName().isEmpty() || entry.linkName().length() > 4095) {
                    throw new ImageException("expected a target of 1 to 4095 bytes");
                }
                yield new Make(path, entry);
            }
            case CHARACTER_DEVICE, BLOCK_DEVICE -> {
                if (entry.type() == TarEntry.Type.CHARACTER_DEVICE && entry.major() == 0 && entry.minor() == 0) {
                    throw new ImageException("expected no character device 0:0, which is overlayfs' whiteout");
                }
                yield new Make(path, entry);
            }
            case FILE, DIRECTORY, FIFO -> new Make(path, entry);
        };
    }

    private static Step whiteout(EntryPath path) {
        if (path.name().equals(OPAQUE)) {
            return new Opaque(path.parent());
        }
        if (path.name().startsWith(AUFS)) {
            return new Nothing();
        }
        String hidden = path.name().substring(WHITEOUT.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw new ImageException("a whiteout of no file");
        }
        return new Whiteout(EntryPath.of((path.parent().isLayer() ? "" : path.parent() + "/") + hidden));
    }

    private static EntryPath target(String linkName) {
        EntryPath target;
        try {
            target = EntryPath.of(linkName);
        } catch (ImageException e) {
            throw e.during("hard link to " + shown(linkName));
        }
        if (target.isLayer()) {
            throw new ImageException("a hard link to a directory");
        }
        return target;
    }
}
