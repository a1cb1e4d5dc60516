// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import k12.lab.config.AdkException;
import k12.lab.config.Transport;

/**
 * TLS of the transport https. It needs a key store; its trust store goes into the system properties
 * of the process and so replaces, for everything in it, what was trusted before.
 */
final class Tls {
    private Tls() {
    }

    /** Made once per zone: changed stores are seen after a restart only. */
    static SSLSocketFactory socketFactory(Transport transport) throws AdkException, GeneralSecurityException {
        char[] password = transport.keyStorePassword().toCharArray();
        KeyStore keys = KeyStore.getInstance("JKS");
        File keyFile = keyStoreFile(transport);
        try (InputStream in = new FileInputStream(keyFile)) {
            keys.load(in, password);
        } catch (Exception failure) {
            throw new AdkException(AdkException.Kind.TRANSPORT,
                    "Failed to load keystore " + keyFile.getAbsolutePath() + ": " + failure, failure);
        }
        useTrustStore(transport);
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("SunX509");
        keyManagers.init(keys, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), null, null);
        SSLSocketFactory factory = context.getSocketFactory();
        HttpsURLConnection.setDefaultSSLSocketFactory(factory);
        return factory;
    }

    private static File keyStoreFile(Transport transport) throws AdkException {
        String name = transport.get("keyStore");
        File file = new File(name == null ? System.getProperty("user.home") + File.separator + ".keystore" : name);
        if (!file.exists()) {
            throw new AdkException(AdkException.Kind.TRANSPORT, "Keystore file not found: " + file.getAbsolutePath());
        }
        return file;
    }

    private static void useTrustStore(Transport transport) throws AdkException {
        String name = transport.get("trustStore");
        if (name == null) {
            return;
        }
        File file = new File(name);
        if (!file.exists()) {
            throw new AdkException(AdkException.Kind.TRANSPORT, "Truststore file not found: " + file.getAbsolutePath());
        }
        System.setProperty("javax.net.ssl.trustStore", name);
        System.setProperty("javax.net.ssl.trustStorePassword", transport.trustStorePassword());
    }

    /** Without a hostnameVerifier any certificate name will do; JSSE (or another name) leaves the strict check on. */
    static void relaxHostNames(HttpsURLConnection connection, Transport transport) {
        String verifier = transport.get("hostnameVerifier");
        if (verifier == null || verifier.isEmpty()) {
            connection.setHostnameVerifier(new SamePeer());
        }
    }

    /** Compares the host of the URL with the host that was reached, not with the certificate. */
    private static final class SamePeer implements HostnameVerifier {
        @Override
        public boolean verify(String host, SSLSession session) {
            try {
                return host.equals(session.getPeerHost())
                        || InetAddress.getByName(host).equals(InetAddress.getByName(session.getPeerHost()));
            } catch (UnknownHostException unknown) {
                return false;
            }
        }
    }
}
