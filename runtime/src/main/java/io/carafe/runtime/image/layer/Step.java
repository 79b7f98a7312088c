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

    /** A name that only aufs understands. */
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
     * Decides what is to be done about an entry.
     *
     * @param devices whether the caller may make devices
     * @throws ImageException when the entry would reach out of the layer, or is one that no layer may have
     */
    static Step of(TarEntry entry, boolean devices) {
        try {
            return decide(entry, devices);
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

    private static Step decide(TarEntry entry, boolean devices) {
        EntryPath path = EntryPath.of(entry.name());
        if (path.isLayer()) {
            if (entry.type() != TarEntry.Type.DIRECTORY) {
                throw new ImageException("expected a name");
            }
            return new Make(path, entry);
        }
        for (String name : path.parent().names()) {
            if (name.startsWith(WHITEOUT)) {
                throw new ImageException("expected no directory whose name starts with " + WHITEOUT);
            }
        }
        if (path.name().startsWith(WHITEOUT)) {
            return whiteout(path);
        }
        for (String xattr : entry.xattrs().keySet()) {
            // They could make overlayfs look into directories of other layers, or of the host (overlay.redirect).
            if (xattr.startsWith("trusted.overlay.") || xattr.startsWith("user.overlay.")) {
                throw new ImageException("expected no attribute that is overlayfs' own, found " + xattr);
            }
        }
        return switch (entry.type()) {
            case HARD_LINK -> new Link(path, target(entry.linkName()));
            case SYMBOLIC_LINK -> {
                if (entry.linkName().isEmpty() || entry.linkName().length() > 4095) {
                    throw new ImageException("expected a target of 1 to 4095 bytes");
                }
                yield new Make(path, entry);
            }
            case CHARACTER_DEVICE, BLOCK_DEVICE -> {
                if (!devices) {
                    throw new ImageException("a device, which only root can make");
                }
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
