// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.object;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An element of a SIF object under construction. */
public final class SifNode {
    private final String name;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<SifNode> children = new ArrayList<>();
    private String text;

    public SifNode(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public Map<String, String> attributes() {
        return attributes;
    }

    public List<SifNode> children() {
        return children;
    }

    /** Null when the element has no value of its own. */
    public String text() {
        return text;
    }

    public void setText(String text) {
        this.text = text;
    }

    public SifNode add(String childName) {
        SifNode child = new SifNode(childName);
        children.add(child);
        return child;
    }

    /** Appends this element as indented XML, children in the order of the specification. */
    public void writeTo(StringBuilder out, int indent) {
        String margin = "  ".repeat(indent);
        out.append(margin).append('<').append(name);
        attributes.forEach((key, value) ->
                out.append(' ').append(key).append("=\"").append(Xml.escape(value)).append('"'));
        if (children.isEmpty() && (text == null || text.isEmpty())) {
            out.append("/>\n");
            return;
        }
        out.append('>').append(text == null ? "" : Xml.escape(text));
        if (!children.isEmpty()) {
            out.append('\n');
            List<SifNode> ordered = new ArrayList<>(children);
            ordered.sort(Comparator.comparingInt(child -> ObjectSchema.position(name, child.name)));
            ordered.forEach(child -> child.writeTo(out, indent + 1));
            out.append(margin);
        }
        out.append("</").append(name).append(">\n");
    }
}
