// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import k12.lab.config.AdkException;
import k12.lab.config.AgentConfig;
import k12.lab.config.AgentSettings;
import k12.lab.config.Zone;
import k12.lab.wire.AgentLog;
import k12.lab.wire.ZoneSession;

/** {@code run --config FILE}: the agent itself, until SIGTERM. */
final class RunCommand {
    private final AgentLog log;
    private final List<ZoneSession> sessions = new CopyOnWriteArrayList<>();

    private RunCommand(AgentLog log) {
        this.log = log;
    }

    static int run(List<String> arguments) throws IOException, InterruptedException {
        Arguments parsed = new Arguments(arguments, "--save-at-start", "--save-at-stop");
        Integer exitAtStart = Integer.getInteger("lab.exitAtStart");
        if (exitAtStart != null) {
            return exitAtStart;
        }
        return new RunCommand(new AgentLog()).start(parsed);
    }

    /** A configuration that does not load ends the agent with status 0, as with a real one. */
    private int start(Arguments arguments) throws InterruptedException {
        AgentConfig config;
        AgentSettings settings;
        try {
            config = AgentConfig.read(arguments.config());
            config.version().requireSupported();
            settings = new AgentSettings(config);
            if (config.sourceId() == null) {
                throw new AdkException(AdkException.Kind.CONFIG, "The agent has no id");
            }
            if (arguments.has("--save-at-start")) {
                config.save();
            }
        } catch (Exception failure) {
            log.error("", "Could not start with " + arguments.config() + ": " + failure, failure);
            return 0;
        }
        log.info("", "Starting " + config.sourceId() + ", SIF " + config.version());
        Runtime.getRuntime().addShutdownHook(
                new Thread(() -> stop(config, arguments.has("--save-at-stop")), "stop"));
        for (Zone zone : settings.zones()) {
            connect(config, settings, zone);
        }
        log.info("", "Agent is running");
        new CountDownLatch(1).await();
        return 0;
    }

    /** A zone that cannot be connected is reported and then left alone for ever. */
    private void connect(AgentConfig config, AgentSettings settings, Zone zone) {
        try {
            ZoneSession session = new ZoneSession(config, settings, zone, log);
            sessions.add(session);
            session.connect();
        } catch (AdkException | RuntimeException failure) {
            log.error("$" + zone.id(), "Could not connect to zone " + zone.id() + ": " + failure.getMessage(), failure);
        }
    }

    private void stop(AgentConfig config, boolean save) {
        if (Boolean.getBoolean("lab.ignoreTerm")) {
            log.info("", "Ignoring the request to stop");
            // The JVM cannot end while a shutdown hook runs.
            new Semaphore(0).acquireUninterruptibly();
        }
        sessions.forEach(ZoneSession::disconnect);
        if (save) {
            try {
                config.save();
            } catch (IOException failure) {
                log.error("", "Could not save the configuration: " + failure);
            }
        }
        log.info("", "Agent has stopped");
    }
}
