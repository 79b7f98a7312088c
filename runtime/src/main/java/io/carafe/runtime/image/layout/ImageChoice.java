package io.carafe.runtime.image.layout;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.layout.Descriptor.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/** Which image is meant. Entries of an index of other media types stand there for others and are passed over. */
final class ImageChoice {

    private static final String REF_NAME = "org.opencontainers.image.ref.name";
    /** docker save has a name with its repository here, and the tag alone in the other. */
    private static final String FULL_NAME = "io.containerd.image.name";
    private static final String LINUX = "linux";
    private static final String NAMELESS = "one without a tag";

    private ImageChoice() {
    }

    /** Of index.json. @param architecture decides where several have one tag. @throws ImageException when none or several have the tag, or there is none or several without one */
    static Descriptor tagged(List<Descriptor> entries, Optional<String> tag, String architecture) {
        List<Descriptor> all = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Descriptor entry : entries) {
            if (entry.isIndex() || entry.isManifest()) {
                all.add(entry);
                List<String> own = namesOf(entry);
                names.add(own.isEmpty() ? NAMELESS : own.get(0));
            }
        }
        List<Descriptor> images = tag.isEmpty() ? all : matching(all, ImageChoice::namesOf, tag.get());
        if (images.isEmpty()) {
            throw none(tag, names);
        }
        // Another entry for the same content, as some tools leave behind, is no question to be asked.
        for (Descriptor image : images) {
            if (!image.digest().equals(images.get(0).digest())) {
                if (images.stream().allMatch(any -> any.platform().isPresent())) {
                    return forPlatform(images, architecture);
                }
                throw several(tag, names);
            }
        }
        return images.get(0);
    }

    private static List<String> namesOf(Descriptor entry) {
        List<String> names = new ArrayList<>();
        for (String annotation : List.of(FULL_NAME, REF_NAME)) {
            String name = entry.annotations().getOrDefault(annotation, "");
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    /** Of docker's archives. @param images with their names each */
    static <I> I named(Map<I, List<String>> images, Optional<String> tag) {
        List<String> names = new ArrayList<>();
        images.forEach((image, own) -> names.add(own.isEmpty() ? NAMELESS : own.get(0)));
        List<I> all = new ArrayList<>(images.keySet());
        List<I> found = tag.isEmpty() ? all : matching(all, images::get, tag.get());
        if (found.isEmpty()) {
            throw none(tag, names);
        }
        if (found.size() > 1) {
            throw several(tag, names);
        }
        return found.get(0);
    }

    /** Those with the very name; where there are none, those of which it is a short form. */
    private static <I> List<I> matching(List<I> images, Function<I, List<String>> names, String wanted) {
        for (BiPredicate<String, String> means : List.<BiPredicate<String, String>>of(String::equals, ImageChoice::isShortFor)) {
            List<I> found = new ArrayList<>();
            for (I image : images) {
                if (names.apply(image).stream().anyMatch(name -> means.test(wanted, name))) {
                    found.add(image);
                }
            }
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    /** {@code busybox}, {@code latest} and {@code library/busybox:latest} all mean {@code docker.io/library/busybox:latest}. */
    private static boolean isShortFor(String wanted, String name) {
        String familiar = familiar(name);
        int colon = familiar.indexOf(':', familiar.lastIndexOf('/') + 1);
        return familiar(wanted).equals(familiar) || (familiar(wanted) + ":latest").equals(familiar)
                || colon >= 0 && familiar.substring(colon + 1).equals(wanted);
    }

    private static String familiar(String name) {
        String familiar = name;
        for (String implied : List.of("docker.io/", "localhost/", "library/")) {
            familiar = familiar.startsWith(implied) ? familiar.substring(implied.length()) : familiar;
        }
        return familiar;
    }

    private static ImageException none(Optional<String> tag, List<String> names) {
        return new ImageException(tag.map(text -> "expected an image with the tag " + text).orElse("expected an image")
                + " in the layout, found " + (names.isEmpty() ? "none" : String.join(", ", names)));
    }

    private static ImageException several(Optional<String> tag, List<String> names) {
        return new ImageException(tag.map(text -> "expected one image with the tag " + text).orElse("expected a tag, or one image")
                + " in the layout, found " + String.join(", ", names));
    }

    /** Of an index among the blobs. @throws ImageException when none is for this machine */
    static Descriptor forPlatform(List<Descriptor> entries, String architecture) {
        List<String> platforms = new ArrayList<>();
        List<Descriptor> images = new ArrayList<>();
        for (Descriptor entry : entries) {
            if (entry.isIndex() || entry.isManifest()) {
                images.add(entry);
                Optional<Platform> platform = entry.platform();
                if (platform.isPresent() && platform.get().os().equals(LINUX) && platform.get().architecture().equals(architecture)) {
                    return entry; // "the first matching entry is used" (image-index.md, manifests)
                }
                platforms.add(platform.map(Platform::toString).orElse("one without a platform"));
            }
        }
        if (images.size() == 1 && images.get(0).platform().isEmpty()) {
            return images.get(0);
        }
        throw new ImageException("expected an image for " + LINUX + "/" + architecture + ", found "
                + (platforms.isEmpty() ? "none" : String.join(", ", platforms)));
    }
}
