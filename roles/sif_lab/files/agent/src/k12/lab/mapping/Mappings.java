// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.mapping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import java.util.stream.Collectors;
import k12.lab.config.Dom;
import k12.lab.config.SifVersion;
import org.w3c.dom.Element;

/** A {@code <mappings>} with its filters, rules, value sets and nested mappings; the root has none of its own. */
public final class Mappings {
    private final Mappings parent;
    private final String id;
    private final Element element;
    // Plain hash maps, because their order is the order in which a real agent sees its mappings.
    private final Map<String, Mappings> children = new HashMap<>();
    private final Map<String, ObjectMapping> objects = new HashMap<>();
    private final Map<String, ValueSet> valueSets = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();
    private List<String> zoneIds = List.of();
    private List<String> sourceIds = List.of();
    private List<SifVersion> versions = List.of();

    Mappings(Mappings parent, Element element) {
        this.parent = parent;
        this.element = element;
        this.id = element == null ? null : Dom.attribute(element, "id");
        if (parent != null) {
            parent.children.put(id, this);
            readFilters();
        }
    }

    private void readFilters() {
        versions = filter("sifVersion").stream().map(SifVersion::parse).collect(Collectors.toList());
        zoneIds = filter("zoneId");
        sourceIds = filter("sourceId");
    }

    /** Comma separated, not trimmed; a * anywhere means no filter, but bad versions before it still fail. */
    private List<String> filter(String attribute) {
        String text = Dom.attribute(element, attribute);
        List<String> values = new ArrayList<>();
        if (text != null && !text.trim().isEmpty()) {
            StringTokenizer tokens = new StringTokenizer(text, ",");
            while (tokens.hasMoreTokens()) {
                String token = tokens.nextToken();
                if (token.equals("*")) {
                    return List.of();
                }
                if (attribute.equals("sifVersion")) {
                    SifVersion.parse(token);
                }
                values.add(token);
            }
        }
        return values;
    }

    void setProperty(String name, String value) {
        if (name != null) {
            properties.put(name, value);
        }
        for (Element property : Dom.children(element, "property")) {
            String known = Dom.attribute(property, "name");
            if (known == null) {
                throw new NullPointerException("Cannot invoke \"String.equals(Object)\" because the return value of "
                        + "\"openadk.util.XMLUtils.getAttribute(org.w3c.dom.Node, String)\" is null");
            }
            if (known.equals(name)) {
                Dom.setAttribute(property, "value", value);
                return;
            }
        }
        Element property = element.getOwnerDocument().createElement("property");
        Dom.setAttribute(property, "name", name);
        Dom.setAttribute(property, "value", value);
        element.appendChild(property);
    }

    void add(ObjectMapping object) {
        objects.put(object.type(), object);
    }

    void add(ValueSet valueSet) {
        valueSets.put(valueSet.id(), valueSet);
    }

    public Collection<Mappings> children() {
        return children.values();
    }

    public Map<String, ObjectMapping> objects() {
        return objects;
    }

    public Map<String, ValueSet> valueSets() {
        return valueSets;
    }

    public Map<String, String> properties() {
        return properties;
    }

    public String id() {
        return id;
    }

    public List<String> zoneIds() {
        return zoneIds;
    }

    public List<String> sourceIds() {
        return sourceIds;
    }

    public List<SifVersion> versions() {
        return versions;
    }

    /** The top-level mappings with this id, or null. */
    public Mappings named(String wanted) {
        return children.values().stream().filter(child -> wanted.equals(child.id)).findFirst().orElse(null);
    }

    /**
     * The best of these mappings and those nested in them for a message. Only the filters written on a
     * candidate itself count; one that does not fit excludes it, and the highest score wins.
     */
    public Mappings select(String zoneId, String sourceId, SifVersion version) {
        List<Mappings> candidates = new ArrayList<>();
        collect(candidates);
        Mappings[] ordered = candidates.toArray(new Mappings[0]);
        Arrays.sort(ordered, (a, b) -> Integer.compare(b.filterCount(), a.filterCount()));
        Mappings best = this;
        int highest = 0;
        for (Mappings candidate : ordered) {
            int zone = score(candidate.zoneIds, zoneId);
            int source = score(candidate.sourceIds, sourceId);
            int sif = score(candidate.versions, version);
            if (zone >= 0 && source >= 0 && sif >= 0 && zone + source + sif > highest) {
                highest = zone + source + sif;
                best = candidate;
            }
        }
        return best;
    }

    private void collect(List<Mappings> into) {
        into.add(this);
        children.values().forEach(child -> child.collect(into));
    }

    private int filterCount() {
        int inherited = parent == null || parent.parent == null ? 0 : parent.filterCount();
        return inherited + zoneIds.size() + sourceIds.size() + versions.size();
    }

    private static <T> int score(List<T> filter, T value) {
        if (filter.isEmpty() || value == null) {
            return 0;
        }
        return filter.contains(value) ? 1 : -1;
    }

    /** The rules for an outbound object: its own first, then those of the ancestors whose key is new. */
    public List<FieldMapping> outboundRules(String objectType, SifVersion version) {
        Map<String, FieldMapping> found = new java.util.LinkedHashMap<>();
        for (Mappings level = this; level != null; level = level.parent) {
            ObjectMapping object = level.objects.get(objectType);
            if (object != null) {
                for (Mapping rule : object.rules()) {
                    if (rule instanceof FieldMapping) {
                        found.putIfAbsent(rule.key(), (FieldMapping) rule);
                    }
                }
            }
        }
        return found.values().stream()
                .filter(field -> field.filter() == null || field.filter().allowsOutbound(version))
                .collect(Collectors.toList());
    }

    /** The value set of this id here or in the nearest ancestor, or null. */
    public ValueSet valueSet(String wanted) {
        ValueSet own = valueSets.get(wanted);
        return own == null && parent != null ? parent.valueSet(wanted) : own;
    }
}
