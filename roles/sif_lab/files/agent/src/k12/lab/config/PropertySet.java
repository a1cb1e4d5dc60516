// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.w3c.dom.Element;

/** Named texts with a parent to inherit from; numbers and booleans as leniently read as in an ADK agent. */
public final class PropertySet {
    private final Map<String, String> own = new TreeMap<>();
    private final PropertySet parent;

    public PropertySet(PropertySet parent) {
        this.parent = parent;
    }

    /** Adds the enabled {@code <property>} children that are complete and not yet set: the first one wins. */
    public void addMissing(Element holder) {
        for (Element property : Dom.children(holder, "property")) {
            String name = Dom.attribute(property, "name");
            String value = Dom.attribute(property, "value");
            if (name != null && value != null && Dom.enabledByDefault(property)) {
                own.putIfAbsent(name, value);
            }
        }
    }

    /** Takes over every JVM system property whose name starts with the one prefix and not with the other. */
    public void addSystemProperties(String prefix, String except) {
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(prefix) && !name.startsWith(except)) {
                own.put(name, System.getProperty(name));
            }
        }
    }

    /** A null value changes nothing. */
    public void set(String name, String value) {
        if (value != null) {
            own.put(name, value);
        }
    }

    public Map<String, String> own() {
        return Collections.unmodifiableMap(own);
    }

    /** The value here or in a parent, or null. */
    public String get(String name) {
        String value = own.get(name);
        return value == null && parent != null ? parent.get(name) : value;
    }

    public String get(String name, String fallback) {
        String value = get(name);
        return value == null ? fallback : value;
    }

    /** A whole number without blanks, or else silently the fallback. */
    public int getInt(String name, int fallback) {
        try {
            return Integer.parseInt(get(name, ""));
        } catch (NumberFormatException notANumber) {
            return fallback;
        }
    }

    /** True only for "true" in any case. */
    public boolean getBoolean(String name, boolean fallback) {
        String value = get(name);
        return value == null ? fallback : Boolean.parseBoolean(value);
    }
}
