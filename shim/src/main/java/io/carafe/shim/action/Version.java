package io.carafe.shim.action;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version that Maven built, read while the image is built. */
final class Version {

    static final String TEXT = read();

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
