// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.w3c.dom.Element;

/** What a configuration means once applied to an agent: properties, transports and zones. */
public final class AgentSettings {
    private static final String TRANSPORT_PROPERTY = "adk.messaging.transport";

    private final PropertySet properties = new PropertySet(null);
    private final Map<String, Transport> transports = new LinkedHashMap<>();
    private final List<Zone> zones = new ArrayList<>();

    /** @throws AdkException when a transport or zone is not usable; then the agent does not start at all */
    public AgentSettings(AgentConfig config) throws AdkException {
        // System properties come first and are not replaced, so -Dadk.x beats an agent property.
        properties.addSystemProperties("adk.", "adk.transport");
        properties.addMissing(config.root());
        applyTransports(config);
        applyZones(config);
    }

    private void applyTransports(AgentConfig config) throws AdkException {
        for (Element element : Dom.children(config.root(), "transport")) {
            String protocol = Dom.attribute(element, "protocol");
            Transport transport = transport(protocol);
            boolean enabled = Dom.isTrueOrYes(Dom.attribute(element, "enabled"));
            if (enabled && properties.get(TRANSPORT_PROPERTY) == null) {
                properties.set(TRANSPORT_PROPERTY, protocol);
            }
            transport.setEnabled(enabled);
            for (Element property : Dom.children(element, "property")) {
                transport.set(Dom.attribute(property, "name"), Dom.attribute(property, "value"));
            }
        }
    }

    private void applyZones(AgentConfig config) throws AdkException {
        for (Element element : Dom.children(config.root(), "zone")) {
            String id = Zone.required(element, "id");
            Zone.required(element, "url");
            // A second zone of the same id needs its attributes too, but is never looked at again.
            if (zones.stream().noneMatch(known -> known.id().equals(id))) {
                zones.add(new Zone(element, config.template(Dom.attribute(element, "template")), properties));
            }
        }
    }

    /**
     * The settings of a transport, made on first use. The name is case-sensitive here although any
     * case is accepted, so HTTPS in capitals is a second set that https does not see.
     */
    public Transport transport(String protocol) throws AdkException {
        if (protocol == null) {
            throw new IllegalArgumentException("Protocol cannot be null");
        }
        if (!protocol.equalsIgnoreCase("http") && !protocol.equalsIgnoreCase("https")) {
            throw new AdkException(AdkException.Kind.TRANSPORT, "The requested transport protocol: '" + protocol
                    + "'  is not supported by this instance of the ADK");
        }
        return transports.computeIfAbsent(protocol, Transport::new);
    }

    public PropertySet properties() {
        return properties;
    }

    public List<Zone> zones() {
        return zones;
    }
}
