// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import k12.lab.config.AdkException;
import k12.lab.config.Transport;
import k12.lab.config.Zone;

/**
 * Sends messages to the ZIS of one zone. The name of the transport, not the scheme of the URL,
 * decides how: see section "Trust" of README.md.
 */
final class ZisConnection {
    private final URL url;
    private final Transport transport;
    private final String sourceId;
    private SSLSocketFactory socketFactory;

    ZisConnection(Zone zone, Transport transport, String sourceId) throws AdkException {
        this.url = zone.url();
        this.transport = transport;
        this.sourceId = sourceId;
        String scheme = url.getProtocol();
        if (!scheme.equalsIgnoreCase("http") && !scheme.equalsIgnoreCase("https")) {
            throw new AdkException(AdkException.Kind.TRANSPORT, "HttpProtocolHandler cannot handle URL: " + url);
        }
    }

    /** Sends one message and waits for the answer. */
    synchronized Message send(String message) throws AdkException {
        HttpURLConnection connection = open();
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        connection.setFixedLengthStreamingMode(bytes.length);
        OutputStream out;
        try {
            out = connection.getOutputStream();
        } catch (Exception failure) {
            throw new AdkException(AdkException.Kind.TRANSPORT,
                    "Could not establish a connection to the ZIS (" + url.toExternalForm() + "): " + failure, failure);
        }
        try (out) {
            out.write(bytes);
            out.flush();
        } catch (IOException failure) {
            throw new AdkException(AdkException.Kind.MESSAGING,
                    "HttpProtocolHandler: Unexpected error sending message: " + failure, failure);
        }
        try (InputStream in = connection.getInputStream()) {
            InputStream plain = "gzip".equalsIgnoreCase(connection.getContentEncoding()) ? new GZIPInputStream(in) : in;
            return Message.parse(new String(plain.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new AdkException(AdkException.Kind.MESSAGING,
                    "HttpProtocolHandler: Error receiving response to sent message: " + failure, failure);
        }
    }

    private HttpURLConnection open() throws AdkException {
        try {
            HttpURLConnection connection;
            if (transport.isSecure()) {
                connection = openSecure();
            } else {
                connection = (HttpURLConnection) url.openConnection();
            }
            connection.setDoOutput(true);
            connection.setRequestMethod("POST");
            connection.setReadTimeout(transport.readTimeout());
            connection.setConnectTimeout(transport.connectTimeout());
            connection.setRequestProperty("Content-Type", "application/xml;charset=\"utf-8\"");
            connection.setRequestProperty("Accept-Encoding", "gzip;q=1.0, identity;q=0.5, *;q=0");
            connection.setRequestProperty("User-Agent", sourceId + " (ADK/lab)");
            return connection;
        } catch (Exception failure) {
            String reason = failure instanceof AdkException ? failure.getMessage() : failure.toString();
            throw new AdkException(AdkException.Kind.TRANSPORT,
                    "Failed to create outgoing socket to " + url.toExternalForm() + ": " + reason, failure);
        }
    }

    private HttpURLConnection openSecure() throws Exception {
        if (socketFactory == null) {
            socketFactory = Tls.socketFactory(transport);
        }
        // An http:// URL fails at this cast, as it does in a real agent.
        HttpsURLConnection connection = (HttpsURLConnection) url.openConnection();
        connection.setSSLSocketFactory(socketFactory);
        Tls.relaxHostNames(connection, transport);
        return connection;
    }
}
