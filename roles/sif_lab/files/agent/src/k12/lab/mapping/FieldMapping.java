// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.mapping;

import java.util.Locale;
import java.util.Set;
import k12.lab.config.AdkException;
import k12.lab.config.Dom;
import org.w3c.dom.Element;

/** A {@code <field>}: which application field goes to (or comes from) which place in a SIF object. */
public final class FieldMapping implements Mapping {
    private static final Set<String> DATA_TYPES = Set.of("STRING", "BOOLEAN", "DATE", "DATETIME", "DECIMAL",
            "DURATION", "FLOAT", "INT", "LONG", "TIME");

    private String name;
    private String alias;
    private String defaultValue;
    private String valueSet;
    private String ifNull;
    private FieldFilter filter;
    private String rule = "";
    private boolean otherId;

    private FieldMapping() {
    }

    /**
     * Reads the element and, as a real agent does, normalizes it: name always present, empty valueset
     * removed, version with its sign, direction in lower case, data type in capitals, rule trimmed.
     */
    static FieldMapping read(String objectType, Element element) throws AdkException {
        FieldMapping field = new FieldMapping();
        field.name = element.getAttribute("name");
        element.setAttribute("name", field.name);
        field.defaultValue = Dom.attribute(element, "default");
        field.alias = Dom.attribute(element, "alias");
        field.readValueSet(element);
        field.readIfNull(element);
        normalizeDataType(element);
        field.readFilter(objectType, element);
        field.readRule(objectType, element);
        return field;
    }

    private void readValueSet(Element element) {
        valueSet = Dom.attribute(element, "valueset");
        if (valueSet != null && valueSet.trim().isEmpty()) {
            valueSet = null;
            element.removeAttribute("valueset");
        }
    }

    private void readIfNull(Element element) {
        String text = element.getAttribute("ifnull").toLowerCase(Locale.ROOT);
        if (text.equals("default") || text.equals("suppress")) {
            ifNull = text;
            element.setAttribute("ifnull", text);
        }
    }

    private static void normalizeDataType(Element element) {
        String text = element.getAttribute("datatype").toUpperCase(Locale.ROOT);
        if (DATA_TYPES.contains(text)) {
            Dom.setOrRemoveAttribute(element, "datatype", text.equals("STRING") ? null : text);
        }
    }

    private void readFilter(String objectType, Element element) throws AdkException {
        String version = Dom.attribute(element, "sifVersion");
        String direction = Dom.attribute(element, "direction");
        if (version != null || direction != null) {
            filter = FieldFilter.of(version, direction, objectType + "." + name);
            Dom.setOrRemoveAttribute(element, "sifVersion", filter.version());
            Dom.setOrRemoveAttribute(element, "direction",
                    filter.direction() == null ? null : filter.direction().toLowerCase(Locale.ROOT));
        }
    }

    private void readRule(String objectType, Element element) throws AdkException {
        for (Element child : Dom.children(element)) {
            if (child.getNodeName().equalsIgnoreCase("otherid")) {
                otherId = true;
                String where = objectType + "." + name;
                rule = "<OtherId type='" + otherIdAttribute(child, "type", "Type", where)
                        + "' prefix='" + otherIdAttribute(child, "prefix", "Prefix", where) + "'/>";
                return;
            }
        }
        rule = Dom.text(element);
        Dom.setText(element, rule);
    }

    private static String otherIdAttribute(Element otherId, String name, String capitalized, String where)
            throws AdkException {
        String value = Dom.attribute(otherId, name);
        if (value == null) {
            value = Dom.attribute(otherId, capitalized);
        }
        if (value == null) {
            throw new AdkException(AdkException.Kind.CONFIG, "Field mapping rule " + where
                    + " specifies an <OtherId> without a '" + name + "' attribute");
        }
        return value;
    }

    @Override
    public String key() {
        StringBuilder key = new StringBuilder(name);
        if (alias != null) {
            key.append('_').append(alias);
        }
        if (filter != null && filter.direction() != null) {
            key.append('_').append(filter.direction());
        }
        if (filter != null && filter.version() != null) {
            key.append('_').append(filter.version());
        }
        return key.toString();
    }

    public String name() {
        return name;
    }

    public String alias() {
        return alias;
    }

    /** The application field that an outbound message reads. */
    public String sourceField() {
        return alias == null ? name : alias;
    }

    public String defaultValue() {
        return defaultValue;
    }

    public String valueSet() {
        return valueSet;
    }

    /** default, suppress or null. */
    public String ifNull() {
        return ifNull;
    }

    /** May be null. */
    public FieldFilter filter() {
        return filter;
    }

    public String rule() {
        return rule;
    }

    /** An {@code <otherid>} rule, which is for inbound messages only. */
    public boolean isOtherId() {
        return otherId;
    }

    @Override
    public String toString() {
        return "Field: " + name + ":" + rule;
    }
}
