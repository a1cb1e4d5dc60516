// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import java.util.ArrayList;
import java.util.List;
import org.w3c.dom.Attr;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** The few ways in which an ADK agent looks at and changes its configuration tree. */
public final class Dom {
    private Dom() {
    }

    /** All child elements, in document order. */
    public static List<Element> children(Node parent) {
        List<Element> found = new ArrayList<>();
        if (parent != null) {
            for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
                if (child instanceof Element) {
                    found.add((Element) child);
                }
            }
        }
        return found;
    }

    /** Child elements with exactly this qualified name. */
    public static List<Element> children(Node parent, String name) {
        List<Element> found = children(parent);
        found.removeIf(child -> !child.getNodeName().equals(name));
        return found;
    }

    /** The first child element with this name whose attribute has this value, or null. */
    public static Element childWith(Node parent, String name, String attribute, String value) {
        for (Element child : children(parent, name)) {
            if (value != null && value.equals(attribute(child, attribute))) {
                return child;
            }
        }
        return null;
    }

    /** An attribute's value, or null (not "") when it is absent. */
    public static String attribute(Element element, String name) {
        Attr attribute = element.getAttributeNode(name);
        return attribute == null ? null : attribute.getValue();
    }

    /** Sets an attribute; a null value is the caller's error, as in the ADK. */
    public static void setAttribute(Element element, String name, String value) {
        if (value == null) {
            throw new IllegalArgumentException("Node attribute value argument cannot be null");
        }
        element.setAttribute(name, value);
    }

    public static void setOrRemoveAttribute(Element element, String name, String value) {
        if (value == null) {
            element.removeAttribute(name);
        } else {
            element.setAttribute(name, value);
        }
    }

    /** Text and CDATA children joined and trimmed; text inside entity references is not seen. */
    public static String text(Element element) {
        StringBuilder text = new StringBuilder();
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child.getNodeType() == Node.TEXT_NODE || child.getNodeType() == Node.CDATA_SECTION_NODE) {
                text.append(child.getNodeValue());
            }
        }
        return text.toString().trim();
    }

    /**
     * Puts the whole text into the first text node and leaves the others alone. That is what makes
     * a rule with a comment or CDATA inside grow at every load and save.
     */
    public static void setText(Element element, String text) {
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child.getNodeType() == Node.TEXT_NODE) {
                child.setNodeValue(text);
                return;
            }
        }
        element.appendChild(element.getOwnerDocument().createTextNode(text));
    }

    /** On for an element without {@code enabled}, or with true or yes in any case. */
    public static boolean enabledByDefault(Element element) {
        String enabled = attribute(element, "enabled");
        return enabled == null || isTrueOrYes(enabled);
    }

    public static boolean isTrueOrYes(String value) {
        return value != null && (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("yes"));
    }
}
