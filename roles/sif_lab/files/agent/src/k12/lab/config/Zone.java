// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import java.net.MalformedURLException;
import java.net.URL;
import org.w3c.dom.Element;

/** One zone of the agent with its effective settings. */
public final class Zone {
    private final String id;
    private final URL url;
    private final String urlText;
    private final String template;
    private final boolean templateFound;
    private final PropertySet properties;
    private final Element element;

    Zone(Element element, Element templateElement, PropertySet agentProperties) throws AdkException {
        this.element = element;
        this.id = required(element, "id");
        this.urlText = required(element, "url");
        this.template = Dom.attribute(element, "template");
        this.templateFound = templateElement != null;
        this.properties = new PropertySet(agentProperties);
        properties.addMissing(element);
        properties.addMissing(templateElement);
        try {
            this.url = new URL(urlText);
        } catch (MalformedURLException malformed) {
            throw new AdkException(AdkException.Kind.TRANSPORT, "Zone URL is malformed: " + urlText);
        }
    }

    static String required(Element zone, String name) throws AdkException {
        String value = Dom.attribute(zone, name);
        if (value == null || value.trim().isEmpty()) {
            throw new AdkException(AdkException.Kind.CONFIG, "<zone> cannot have an empty " + name + " attribute");
        }
        return value;
    }

    public String id() {
        return id;
    }

    public URL url() {
        return url;
    }

    public String urlText() {
        return urlText;
    }

    public String template() {
        return template;
    }

    public boolean templateFound() {
        return templateFound;
    }

    public PropertySet properties() {
        return properties;
    }

    /** The element in the configuration, for what a product keeps beside properties. */
    public Element element() {
        return element;
    }

    public boolean isPush() {
        return "push".equalsIgnoreCase(properties.get("adk.messaging.mode"));
    }

    public int pullFrequency() {
        return properties.getInt("adk.messaging.pullFrequency", 30000);
    }

    public int pullDelayOnError() {
        return properties.getInt("adk.messaging.pullDelayOnError", 180000);
    }

    public int maxBufferSize() {
        return properties.getInt("adk.messaging.maxBufferSize", 393216);
    }

    public String transport() {
        return properties.get("adk.messaging.transport", "http");
    }

    public boolean transportMatchesUrl() {
        return transport().equalsIgnoreCase(url.getProtocol());
    }

    public int authenticationLevel() {
        return properties.getInt("adk.security.authenticationLevel", 0);
    }

    public int encryptionLevel() {
        return properties.getInt("adk.security.encryptionLevel", 0);
    }

    public boolean legacyProvisioning() {
        return properties.getBoolean("adk.provisioning.legacy", false);
    }

    public String overrideSifVersions() {
        return properties.get("adk.provisioning.overrideSifVersions");
    }

    public String zisVersion() {
        return properties.get("adk.provisioning.zisVersion", SifVersion.LATEST.toString());
    }

    /** ADK, ZIS or AGENT. */
    public String provisioningMode() {
        String mode = properties.get("adk.provisioning.mode", "adk");
        if (mode.equalsIgnoreCase("zis")) {
            return "ZIS";
        }
        return mode.equalsIgnoreCase("agent") ? "AGENT" : "ADK";
    }
}
