package dev.ragd.store.chroma.client;

import static org.assertj.core.api.Assertions.assertThat;

import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class GeneratedClientTest {

    @Test
    void aClientForClearTextSpeaksNothingElse() {
        OkHttpClient http = GeneratedClient.create("http").getHttpClient();

        assertThat(http.connectionSpecs()).containsExactly(ConnectionSpec.CLEARTEXT);
        assertThat(http.x509TrustManager()).isNull();
    }

    @Test
    void aClientForTlsTrustsWhatTheSystemTrustsWhateverWasMadeBefore() {
        GeneratedClient.create("http");

        OkHttpClient http = GeneratedClient.create("https").getHttpClient();

        assertThat(http.connectionSpecs()).contains(ConnectionSpec.MODERN_TLS);
        assertThat(http.x509TrustManager().getAcceptedIssuers()).isNotEmpty();
        assertThat(http.sslSocketFactory().getDefaultCipherSuites()).isNotEmpty();
    }
}
