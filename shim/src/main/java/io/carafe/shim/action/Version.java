package io.carafe.shim.action;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version that Maven built and the commit it was built from, read while the image is built. */
final class Version {

    static final String TEXT = read();
    /** Of the checkout or the release, by toolchain/image; empty where neither tells. */
    static final String COMMIT = System.getProperty("carafe.commit", "");

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
}
