// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.mapping;

import k12.lab.config.AdkException;
import k12.lab.config.Dom;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Finds every {@code <mappings>} of a configuration.
 *
 * <p>Names are compared without regard to case, but rules count only when their parent is spelled
 * exactly "mappings".
 */
public final class MappingsReader {
    private static final String MAPPINGS = "mappings";

    private MappingsReader() {
    }

    /** The root of all mappings below this node, which are normalized in place. */
    public static Mappings read(Node node) throws AdkException {
        Mappings root = new Mappings(null, null);
        populate(node, root);
        return root;
    }

    private static void populate(Node node, Mappings parent) throws AdkException {
        boolean counts = node.getNodeName().equals(MAPPINGS);
        for (Element child : Dom.children(node)) {
            String name = child.getNodeName().toLowerCase(java.util.Locale.ROOT);
            switch (name) {
                case MAPPINGS:
                    populate(child, new Mappings(parent, child));
                    break;
                case "object":
                    if (counts) {
                        readObject(child, parent);
                    }
                    break;
                case "property":
                    if (counts) {
                        parent.setProperty(Dom.attribute(child, "name"), Dom.attribute(child, "value"));
                    }
                    break;
                case "valueset":
                    if (counts) {
                        readValueSet(child, parent);
                    }
                    break;
                default:
                    populate(child, parent);
            }
        }
    }

    private static void readObject(Element element, Mappings parent) throws AdkException {
        String type = Dom.attribute(element, "object");
        if (type == null) {
            throw new AdkException(AdkException.Kind.CONFIG, "<object> element must have an object attribute");
        }
        ObjectMapping object = new ObjectMapping(type);
        parent.add(object);
        for (Element child : Dom.children(element)) {
            if (child.getNodeName().equalsIgnoreCase("field")) {
                object.add(FieldMapping.read(type, child));
            } else if (child.getNodeName().equalsIgnoreCase("list")) {
                object.add(ListMapping.read(type, child));
            }
        }
    }

    private static void readValueSet(Element element, Mappings parent) throws AdkException {
        ValueSet set = new ValueSet(element);
        parent.add(set);
        for (Element child : Dom.children(element)) {
            if (child.getNodeName().equalsIgnoreCase("value")) {
                readValue(child, set);
            }
        }
    }

    private static void readValue(Element element, ValueSet set) throws AdkException {
        String name = Dom.attribute(element, "name");
        if (name == null) {
            throw new AdkException(AdkException.Kind.CONFIG, "<value> name= attribute is required");
        }
        String value = Dom.text(element);
        String ifNull = Dom.attribute(element, "ifnull");
        String direction = Dom.attribute(element, "default");
        set.define(name, value, element);
        if (direction != null) {
            boolean both = direction.equalsIgnoreCase("both") || direction.equalsIgnoreCase("true");
            set.setDefault(name, value, both || direction.equalsIgnoreCase("inbound"),
                    both || direction.equalsIgnoreCase("outbound"), "default".equalsIgnoreCase(ifNull));
        }
    }
}
