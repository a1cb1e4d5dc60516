// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import k12.lab.config.AdkException;
import k12.lab.config.Transport;
import k12.lab.config.Zone;

/** Takes messages that the ZIS pushes to {@code /zone/ID/}; plain HTTP only. One port serves all zones. */
final class PushListener {
    private static final int STATUS_IMMEDIATE = 1;
    private static HttpServer server;

    private final String path;
    private final String url;
    private final ExecutorService work = Executors.newSingleThreadExecutor();

    /** Opens the port, so that a bad address fails before the agent registers. */
    PushListener(Zone zone, Transport transport) throws AdkException {
        if (transport.isSecure()) {
            throw new AdkException(AdkException.Kind.TRANSPORT, "This agent cannot listen for HTTPS");
        }
        if (transport.port() < 0) {
            throw new AdkException(AdkException.Kind.TRANSPORT, "The agent is not configured with a default HTTP port");
        }
        path = "/zone/" + zone.id() + "/";
        String host = transport.get("host");
        try {
            open(host, transport.port());
            String callback = transport.get("pushHost") != null ? transport.get("pushHost")
                    : host != null ? host : InetAddress.getLocalHost().getHostAddress();
            String port = transport.get("pushPort") != null ? transport.get("pushPort") : "" + transport.port();
            url = "http://" + callback + ":" + port + path;
        } catch (IOException failure) {
            throw new AdkException(AdkException.Kind.TRANSPORT, "Could not start the HTTP server: " + failure, failure);
        }
    }

    private static synchronized void open(String host, int port) throws IOException {
        if (server == null) {
            InetSocketAddress address = host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new UnknownHostException(host);
            }
            server = HttpServer.create(address, 0);
            server.setExecutor(Executors.newCachedThreadPool());
            server.start();
        }
    }

    String url() {
        return url;
    }

    void start(ZoneSession session) {
        server.createContext(path, exchange -> receive(exchange, session));
    }

    private void receive(HttpExchange exchange, ZoneSession session) throws IOException {
        try {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Message message = Message.parse(body);
            byte[] ack = session.acknowledge(message, STATUS_IMMEDIATE).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/xml;charset=\"utf-8\"");
            exchange.sendResponseHeaders(200, ack.length);
            exchange.getResponseBody().write(ack);
            work.execute(() -> process(message, session));
        } finally {
            exchange.close();
        }
    }

    private static void process(Message message, ZoneSession session) {
        try {
            session.handle(message);
        } catch (AdkException | RuntimeException failure) {
            session.log().error("", "An error occurred while handling a pushed message: " + failure.getMessage());
        }
    }
}
