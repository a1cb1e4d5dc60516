// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.mapping;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import k12.lab.config.Dom;
import org.w3c.dom.Element;

/** A {@code <valueset>}: codes of the application and of SIF. */
public final class ValueSet {
    private final String id;
    private final String title;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Entry> bySifValue = new HashMap<>();
    private Entry inboundDefault;
    private Entry outboundDefault;

    /** One {@code <value>}. */
    public static final class Entry {
        private final String name;
        private final String value;
        private final String title;
        private final Element element;
        private final int order;

        private Entry(String name, String value, String title, Element element, int order) {
            this.name = name;
            this.value = value;
            this.title = title;
            this.element = element;
            this.order = order;
        }

        public String name() {
            return name;
        }

        public String value() {
            return value;
        }

        public String title() {
            return title;
        }

        /** As it stands in the tree: both, inbound, outbound, some other text, or null. */
        public String defaultText() {
            return Dom.attribute(element, "default");
        }
    }

    ValueSet(Element element) {
        id = Dom.attribute(element, "id");
        Dom.setAttribute(element, "id", id);
        String given = Dom.attribute(element, "title");
        title = given == null ? id : given;
    }

    /** Later entries of the same name, and for the way back of the same SIF value, replace earlier ones. */
    void define(String name, String value, Element element) {
        Entry entry = new Entry(name, value, Dom.attribute(element, "title"), element, entries.size());
        entries.put(name, entry);
        bySifValue.put(value, entry);
        Dom.setText(element, value);
    }

    /** Makes an entry the default of one or both directions; the former default loses its mark. */
    void setDefault(String name, String sifValue, boolean inbound, boolean outbound, boolean forNull) {
        if (inbound) {
            Entry former = inboundDefault;
            inboundDefault = entries.get(name);
            mark(former, forNull);
            mark(inboundDefault, forNull);
        }
        if (outbound) {
            Entry former = outboundDefault;
            outboundDefault = bySifValue.get(sifValue);
            mark(former, forNull);
            mark(outboundDefault, forNull);
        }
    }

    private void mark(Entry entry, boolean forNull) {
        if (entry == null) {
            return;
        }
        boolean in = entry == inboundDefault;
        boolean out = entry == outboundDefault;
        if (!in && !out) {
            entry.element.removeAttribute("default");
            entry.element.removeAttribute("ifnull");
        } else {
            entry.element.setAttribute("default", in && out ? "both" : in ? "inbound" : "outbound");
            entry.element.setAttribute("ifnull", forNull ? "default" : "suppress");
        }
    }

    /** The SIF value for an application value: the entry's, else the given default, else the set's, else the same. */
    public String translate(String applicationValue, String fallback) {
        Entry entry = entries.get(applicationValue);
        if (entry != null) {
            return entry.value;
        }
        if (fallback != null) {
            return fallback;
        }
        return outboundDefault != null ? outboundDefault.value : applicationValue;
    }

    public String id() {
        return id;
    }

    public String title() {
        return title;
    }

    /** By position; one that was defined again comes where the table then ended. */
    public List<Entry> entries() {
        List<Entry> ordered = new ArrayList<>(entries.values());
        ordered.sort(Comparator.comparingInt(entry -> entry.order));
        return ordered;
    }

    public int size() {
        return entries.size();
    }
}
