package io.carafe.conmon;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version that Maven built and the commit it was built from, read while the image is built. */
final class Version {

    /** The newest conmon whose options are all rows here: podman and cri-o ask for at least some version of it. */
    static final String CONTRACT = "2.2.1";

    private static final String TEXT = read();
    /** Of the checkout or the release, by toolchain/image; empty where neither tells. */
    private static final String COMMIT = System.getProperty("carafe.commit", "");

    private Version() {
    }

    private static String read() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The first line is what both read; the second says whose it is. */
    static String text() {
        return "conmon version " + CONTRACT + "\ncommit: carafe-conmon " + TEXT + (COMMIT.isEmpty() ? "" : " " + COMMIT) + "\n";
    }
}
