package dev.ragd.store.chroma.client;

import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import okhttp3.internal.platform.Platform;
import tech.amikos.chromadb.handler.ApiClient;

/**
 * Makes the community client.
 *
 * <p>Its constructor makes an OkHttp client of its own, which reads every certificate that the system trusts. Most servers
 * are spoken to in clear text on the same machine; for them that reading was a seventh of all the CPU time of a search.
 * OkHttp reads certificates through its {@link Platform}, so for clear text the client is made on one that has none, and can
 * from then on speak nothing but clear text. The platform is OkHttp's alone: TLS elsewhere in the process is not touched.
 */
final class GeneratedClient {

    private GeneratedClient() {}

    /** A client for servers of that scheme. */
    static ApiClient create(String scheme) {
        if (!scheme.equalsIgnoreCase("http")) {
            return new ApiClient();
        }
        ApiClient client = withoutCertificates();
        OkHttpClient clearText = client.getHttpClient()
                .newBuilder()
                .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT))
                .build();
        return client.setHttpClient(clearText);
    }

    private static ApiClient withoutCertificates() {
        synchronized (GeneratedClient.class) { // OkHttp has one platform for all
            Platform usual = Platform.get();
            Platform.Companion.resetForTests(new NoCertificates());
            try {
                return new ApiClient();
            } finally {
                Platform.Companion.resetForTests(usual);
            }
        }
    }

    /** Trusts nobody and opens no TLS connection. */
    private static final class NoCertificates extends Platform {

        @Override
        public X509TrustManager platformTrustManager() {
            return new TrustsNobody();
        }

        @Override
        public SSLSocketFactory newSslSocketFactory(X509TrustManager trustManager) {
            return new OpensNothing();
        }
    }

    private static final class TrustsNobody implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("this client speaks clear text only");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            throw new CertificateException("this client speaks clear text only");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static final class OpensNothing extends SSLSocketFactory {

        @Override
        public String[] getDefaultCipherSuites() {
            return new String[0];
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return new String[0];
        }

        @Override
        public Socket createSocket(Socket socket, String host, int port, boolean autoClose) {
            throw refused();
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw refused();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
            throw refused();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw refused();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
            throw refused();
        }

        private static UnsupportedOperationException refused() {
            return new UnsupportedOperationException("this client speaks clear text only");
        }
    }
}
