package dev.ragd.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version, as the build wrote it into {@code ragd.properties}. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("/ragd.properties")) {
            if (in != null) {
                properties.load(in);
            }
        }
        return new String[] {
            "ragd " + properties.getProperty("version", "(unknown version)") + " on Java "
                    + Runtime.version().feature()
        };
    }
}
