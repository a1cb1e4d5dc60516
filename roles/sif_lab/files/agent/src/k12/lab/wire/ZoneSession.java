// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import java.util.ArrayList;
import java.util.List;
import k12.lab.config.AdkException;
import k12.lab.config.AgentConfig;
import k12.lab.config.AgentSettings;
import k12.lab.config.SifVersion;
import k12.lab.config.Transport;
import k12.lab.config.Zone;
import k12.lab.district.ZoneView;
import k12.lab.object.StatePlugin;

/** The agent in one zone: connects once, then takes and answers messages until it is stopped. */
public final class ZoneSession {
    private final Zone zone;
    private final AgentLog log;
    private final String where;
    private final SifVersion agentVersion;
    private final MessageFactory messages;
    private final Responder responder;
    private final ZoneView view;
    private final Transport transport;
    private final ZisConnection zis;
    private volatile boolean connected;

    /** @throws AdkException when the zone's transport or URL can never work */
    public ZoneSession(AgentConfig config, AgentSettings settings, Zone zone, AgentLog log) throws AdkException {
        this.zone = zone;
        this.log = log;
        this.where = "$" + zone.id();
        this.agentVersion = config.version();
        this.messages = new MessageFactory(config.sourceId(), agentVersion, zone);
        this.view = new ZoneView(zone);
        this.responder = new Responder(config.mappings(), zone, view, messages);
        this.transport = settings.transport(zone.transport());
        this.zis = new ZisConnection(zone, transport, config.sourceId());
    }

    /** Registers, provisions and starts to take messages. There is no second attempt after a failure. */
    public void connect() throws AdkException {
        boolean managesItself = zone.provisioningMode().equals("ADK");
        PushListener listener = zone.isPush() ? new PushListener(zone, transport) : null;
        boolean knowsAccess = managesItself && register(listener == null ? null : listener.url());
        send("SIF_Ping");
        if (!messages.isSif1()) {
            send("SIF_GetZoneStatus");
            if (!knowsAccess) {
                send("SIF_GetAgentACL");
            }
        }
        if (managesItself) {
            provision();
        }
        connected = true;
        log.info(where, "Connected to zone " + zone.id() + " (" + zone.urlText() + ")");
        for (String event : responder.stateEvents()) {
            requireSuccess("SIF_Event", zis.send(event));
        }
        if (listener == null) {
            new Thread(new PullLoop(this, zis, messages, zone, log), "pull-" + zone.id()).start();
        } else {
            listener.start(this);
            log.info(where, "Listening for pushed messages at " + listener.url());
        }
    }

    /** A refusal is only logged: what the agent shows is the failure of the message after it. */
    private boolean register(String pushUrl) throws AdkException {
        Message answer = zis.send(messages.register(pushUrl));
        if (answer.hasError()) {
            log.error(where, "Could not register zone " + zone.id(),
                    new AdkException(AdkException.Kind.MESSAGING, answer.errorText()));
            return false;
        }
        log.info(where, "SIF_Register successful");
        return answer.find("SIF_Status", "SIF_Data", "SIF_AgentACL") != null;
    }

    private void provision() throws AdkException {
        if (messages.isSif1() || zone.legacyProvisioning()) {
            requireSuccess("SIF_Provide", zis.send(messages.provide(ZoneView.OBJECTS)));
            log.info(where, "SIF_Provide successful");
            return;
        }
        List<String> published = view.hasStateMessaging() ? List.of(StatePlugin.OBJECT) : List.of();
        requireSuccess("SIF_Provision", zis.send(messages.provision(ZoneView.OBJECTS, published)));
        log.info(where, "SIF_Provision successful");
    }

    private void send(String command) throws AdkException {
        requireSuccess(command, zis.send(messages.systemControl(command)));
        log.info(where, command + " successful");
    }

    private static void requireSuccess(String sent, Message answer) throws AdkException {
        if (answer.hasError()) {
            throw new AdkException(AdkException.Kind.MESSAGING, sent + " refused: " + answer.errorText());
        }
    }

    /** Handles a message of the ZIS; answers to it are sent before this returns. */
    void handle(Message message) throws AdkException {
        log.info(where, "Received " + message.type() + " from " + message.sourceId());
        if (message.type().equals("SIF_Request")) {
            RequestInfo request = new RequestInfo(message, agentVersion);
            List<String> packets = new ArrayList<>(responder.answer(request));
            for (String packet : packets) {
                requireSuccess("SIF_Response", zis.send(packet));
            }
            log.info(where, "Answered SIF_Request for " + request.objectName() + " in " + packets.size() + " packets");
        }
    }

    String acknowledge(Message message, int status) {
        return messages.ack(message.sourceId(), message.msgId(), status);
    }

    AgentLog log() {
        return log;
    }

    boolean isConnected() {
        return connected;
    }

    /** Tells the ZIS that the agent goes to sleep; it stays registered. */
    public void disconnect() {
        if (!connected) {
            return;
        }
        connected = false;
        if (zone.properties().getBoolean("adk.messaging.sleepOnDisconnect", true)) {
            try {
                send("SIF_Sleep");
            } catch (AdkException failure) {
                log.error(where, "SIF_Sleep failed: " + failure.getMessage());
            }
        }
    }
}
