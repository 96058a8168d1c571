package dev.ragd.jobs.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

/** Puts the metrics of a home into a Prometheus Pushgateway, in place of what it put there before. */
final class Pushgateway {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final URI group;

    /**
     * @param base the server's address
     * @param home tells metrics of several homes apart
     */
    Pushgateway(URI base, Path home) {
        String slashless = base.toString().replaceFirst("/+$", "");
        this.group = URI.create(slashless + "/metrics/job/ragd/instance@base64/" + encoded(machine()) + "/home@base64/"
                + encoded(home.toString()));
    }

    private static String encoded(String value) {
        return Base64.getUrlEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }

    /** @param text in Prometheus's text format */
    void put(String text) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(group)
                .timeout(PATIENCE)
                .header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .PUT(HttpRequest.BodyPublishers.ofString(text))
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IOException("it answers " + response.statusCode() + ": "
                        + response.body().strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
