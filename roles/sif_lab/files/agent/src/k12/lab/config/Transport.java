// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import java.util.Map;

/** The settings of one transport (http or https); it exists once per agent. */
public final class Transport {
    private static final String DEFAULT_PASSWORD = "changeit";

    private final String protocol;
    private final PropertySet properties = new PropertySet(null);
    private boolean enabled = true;

    Transport(String protocol) {
        this.protocol = protocol;
        // Only the beginning is compared, so http also gets the options of https, under names such as ".port".
        String prefix = "adk.transport." + protocol;
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                properties.set(name.substring(prefix.length() + 1), System.getProperty(name));
            }
        }
    }

    public String protocol() {
        return protocol;
    }

    public boolean isSecure() {
        return protocol.equalsIgnoreCase("https");
    }

    public boolean isEnabled() {
        return enabled;
    }

    void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    void set(String name, String value) {
        if (name == null) {
            throw new NullPointerException("Cannot invoke \"Object.hashCode()\" because \"key\" is null");
        }
        properties.set(name, value);
    }

    public Map<String, String> own() {
        return properties.own();
    }

    public String get(String name) {
        return properties.get(name);
    }

    /** -1 when there is none. */
    public int port() {
        return properties.getInt("port", -1);
    }

    public boolean requiresClientAuth() {
        return properties.getBoolean("requireClientAuth", false);
    }

    public String keyStorePassword() {
        return properties.get("keyStorePassword", DEFAULT_PASSWORD);
    }

    public String trustStorePassword() {
        return properties.get("trustStorePassword", DEFAULT_PASSWORD);
    }

    /** Milliseconds; a text that is no number fails here, at every send. */
    public int readTimeout() {
        return Integer.parseInt(properties.get("pull-read-timeout", "60000"));
    }

    /** Milliseconds; a text that is no number fails here, at every send. */
    public int connectTimeout() {
        return Integer.parseInt(properties.get("pull-connect-timeout", "90000"));
    }
}
