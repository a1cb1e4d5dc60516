// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
import java.io.File;
import java.net.Socket;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Connects to servers on this machine as an HTTPS client of this JVM does, and says on one line each how it went: "trusted",
 * or "refused" and the reason. Arguments in groups of four: host name to expect, port, trust store, its password. A trust
 * store of "-" is the JVM's own, named by -Djavax.net.ssl.trustStore.
 */
public class TlsClient {
    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < arguments.length; i += 4) {
            SSLSocketFactory factory = factory(arguments[i + 2], arguments[i + 3]);
            System.out.println(connect(factory, arguments[i], Integer.parseInt(arguments[i + 1])));
        }
    }

    private static SSLSocketFactory factory(String store, String password) throws Exception {
        if (store.equals("-")) {
            return (SSLSocketFactory) SSLSocketFactory.getDefault();
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(KeyStore.getInstance(new File(store), password.toCharArray()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static String connect(SSLSocketFactory factory, String host, int port) throws Exception {
        try (SSLSocket socket = (SSLSocket) factory.createSocket(new Socket("127.0.0.1", port), host, port, true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return "trusted";
        } catch (Exception error) {
            Throwable cause = error;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return "refused " + cause;
        }
    }
}
