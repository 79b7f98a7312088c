package io.carafe.runtime.image.layout;

import io.carafe.linux.Fd;
import io.carafe.linux.call.file.Files;
import io.carafe.runtime.image.blob.FileStream;
import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.tar.TarEntry;
import io.carafe.runtime.image.tar.TarReader;
import io.carafe.runtime.rootfs.path.ContainerPath;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A layout as a tar that is not compressed: gone through once for where each file lies. One file is open at a time. docker save writes a
 * layer once and makes the other names of it symbolic links, tar(1) of a folder hard ones.
 */
final class LayoutTar implements LayoutFiles {

    private record Place(long offset, long size) {
    }

    private static final int MOST_FILES = 100_000;
    /** More than a layout's own are: blobs/sha512/ and 128 digits. */
    private static final int LONGEST_NAME = 255;
    private static final int MOST_LINKS = 40;

    private final Files files;
    private final Fd tar;
    private final Map<String, Place> places = new HashMap<>();
    /** Names of which each is another for a name. */
    private final Map<String, String> links = new HashMap<>();

    private LayoutTar(Files files, Fd tar) {
        this.files = files;
        this.tar = tar;
    }

    /** Takes the descriptor over when it succeeds. @param size of the tar in bytes */
    static LayoutTar of(Files files, Fd tar, long size) {
        LayoutTar layout = new LayoutTar(files, tar);
        try {
            layout.find(size);
        } catch (IOException e) {
            throw new ImageException(e.getMessage());
        }
        return layout;
    }

    private void find(long size) throws IOException {
        Seeking in = new Seeking(FileStream.of(files, files.duplicate(tar), 0, size));
        try (in) {
            TarReader reader = new TarReader(in);
            for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                String name = entry.get().name();
                if (places.size() + links.size() == MOST_FILES) {
                    throw new ImageException("expected at most " + MOST_FILES + " files");
                }
                boolean isLink = entry.get().type() == TarEntry.Type.SYMBOLIC_LINK || entry.get().type() == TarEntry.Type.HARD_LINK;
                if (isLink && name.length() <= LONGEST_NAME && entry.get().linkName().length() <= LONGEST_NAME) {
                    String target = entry.get().linkName();
                    links.put(clean(name), clean(entry.get().type() == TarEntry.Type.HARD_LINK || target.startsWith("/") ? target
                            : name + "/../" + target));
                } else if (entry.get().type() == TarEntry.Type.FILE && !entry.get().isSparse()) {
                    if (name.length() <= LONGEST_NAME) {
                        places.put(clean(name), new Place(reader.position(), reader.contentLeft()));
                    }
                    if (reader.contentLeft() > size - reader.position()) {
                        throw new ImageException("the tar ends within " + name);
                    }
                    long end = reader.position() + reader.contentLeft();
                    in.moveTo(FileStream.of(files, files.duplicate(tar), end, size - end));
                    reader.contentPassed();
                }
            }
        }
    }

    private static String clean(String name) {
        return ContainerPath.of(name).text();
    }

    /** A stream that its owner moves. */
    private static final class Seeking extends InputStream {

        private FileStream in;

        Seeking(FileStream in) {
            this.in = in;
        }

        void moveTo(FileStream next) {
            in.close();
            in = next;
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return in.read(into, offset, length);
        }

        @Override
        public void close() {
            in.close();
        }
    }

    @Override
    public Optional<Content> open(String name) {
        String real = clean(name);
        for (int followed = 0; links.containsKey(real) && followed < MOST_LINKS; followed++) {
            real = links.get(real);
        }
        Place place = places.get(real);
        return place == null ? Optional.empty() : Optional.of(new Content(
                FileStream.of(files, files.duplicate(tar), place.offset(), place.size()), place.size()));
    }

    @Override
    public Optional<Content> openInside(String name) {
        return open(name);
    }

    @Override
    public void close() {
        tar.close();
    }
}
