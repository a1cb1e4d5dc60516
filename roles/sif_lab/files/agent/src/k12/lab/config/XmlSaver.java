// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.config;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.DocumentType;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/**
 * Serializes a tree as AgentConfig.save() of an ADK agent does: UTF-8, CRLF, indent 4, attributes
 * sorted and wrapped, comments and stray text kept as they are. The rules are those of the XML
 * serializer of Xerces, which is not accessible in a JDK.
 */
final class XmlSaver {
    /** What has been written inside one open element. */
    private static final class State {
        private boolean empty = true;
        private boolean afterElement;
        private boolean afterComment;
        private boolean inCdata;
        private boolean preserveSpace;
    }

    private final LinePrinter printer;
    private final Deque<State> open = new ArrayDeque<>();
    private final List<String> outsideRoot = new ArrayList<>();

    XmlSaver(OutputStream out) {
        printer = new LinePrinter(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)));
    }

    void save(Document document) throws IOException {
        printer.print("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        printer.breakLine();
        if (document.getDoctype() != null) {
            writeDoctype(document.getDoctype(), document.getDocumentElement().getTagName());
        }
        for (Node child = document.getFirstChild(); child != null; child = child.getNextSibling()) {
            write(child);
        }
        writeOutsideRoot();
        printer.flush();
    }

    private void writeDoctype(DocumentType type, String rootName) throws IOException {
        String internal = type.getInternalSubset();
        boolean hasInternal = internal != null && !internal.isEmpty();
        if (type.getSystemId() == null && !hasInternal) {
            return;
        }
        printer.print("<!DOCTYPE " + rootName);
        if (type.getSystemId() != null && type.getPublicId() != null) {
            printer.print(" PUBLIC \"" + type.getPublicId() + "\"");
            printer.breakLine();
            printer.print(" ".repeat(18 + rootName.length()) + '"' + type.getSystemId() + '"');
        } else if (type.getSystemId() != null) {
            printer.print(" SYSTEM \"" + type.getSystemId() + "\"");
        }
        printer.print(hasInternal ? " [" + internal + "]>" : ">");
        printer.breakLine();
    }

    private void writeOutsideRoot() throws IOException {
        for (String text : outsideRoot) {
            printer.print(text);
            printer.breakLine();
        }
        outsideRoot.clear();
    }

    private void write(Node node) throws IOException {
        switch (node.getNodeType()) {
            case Node.ELEMENT_NODE:
                writeElement((Element) node);
                break;
            case Node.TEXT_NODE:
                writeText(node.getNodeValue());
                break;
            case Node.CDATA_SECTION_NODE:
                writeCdata(node.getNodeValue());
                break;
            case Node.COMMENT_NODE:
                writeComment("<!--" + node.getNodeValue() + "-->");
                break;
            case Node.PROCESSING_INSTRUCTION_NODE:
                writeInstruction(node);
                break;
            case Node.ENTITY_REFERENCE_NODE:
                beginContent(false);
                printer.print("&" + node.getNodeName() + ";");
                break;
            default:
                break;
        }
    }

    private void writeElement(Element element) throws IOException {
        State parent = open.peek();
        boolean preserveSpace = false;
        if (parent == null) {
            writeOutsideRoot();
        } else {
            if (parent.empty) {
                printer.print('>');
            }
            closeCdata(parent);
            preserveSpace = parent.preserveSpace;
            if (!preserveSpace && (parent.empty || parent.afterElement || parent.afterComment)) {
                printer.breakLine();
            }
        }
        printer.print("<" + element.getTagName());
        printer.indent();
        preserveSpace = writeAttributes(element, preserveSpace);
        if (element.hasChildNodes()) {
            writeChildren(element, preserveSpace);
        } else {
            printer.unindent();
            printer.print("/>");
        }
        if (parent == null) {
            printer.flush();
        } else {
            parent.afterElement = true;
            parent.afterComment = false;
            parent.empty = false;
        }
    }

    /** Writes the attributes that were really there, sorted by name, and says whether space is to be preserved. */
    private boolean writeAttributes(Element element, boolean inherited) throws IOException {
        TreeMap<String, String> sorted = new TreeMap<>();
        NamedNodeMap attributes = element.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            Attr attribute = (Attr) attributes.item(i);
            if (attribute.getSpecified()) {
                sorted.put(attribute.getName(), attribute.getValue());
            }
        }
        for (var attribute : sorted.entrySet()) {
            printer.printSpace();
            printer.print(attribute.getKey() + "=\"");
            escape(attribute.getValue(), true);
            printer.print('"');
        }
        String space = sorted.get("xml:space");
        return space == null ? inherited : space.equals("preserve");
    }

    private void writeChildren(Element element, boolean preserveSpace) throws IOException {
        State state = new State();
        state.preserveSpace = preserveSpace;
        open.push(state);
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
            write(child);
        }
        open.pop();
        printer.unindent();
        if (state.empty) {
            printer.print("/>");
            return;
        }
        closeCdata(state);
        if (!preserveSpace && (state.afterElement || state.afterComment)) {
            printer.breakLine();
        }
        printer.print("</" + element.getTagName() + ">");
    }

    private void writeText(String text) {
        if (open.peek().preserveSpace || !text.trim().isEmpty()) {
            State state = beginContent(false);
            // Preserved text takes no part in the indentation of what follows on its line.
            int indent = printer.nextIndent();
            if (state.preserveSpace) {
                printer.setNextIndent(0);
            }
            escape(text, false);
            printer.setNextIndent(indent);
        }
    }

    private void writeCdata(String text) {
        State state = beginContent(true);
        if (!state.inCdata) {
            printer.print("<![CDATA[");
            state.inCdata = true;
        }
        text.codePoints().forEach(c -> {
            if (c == 0x7f || c > 0xffff) {
                printer.print("]]>&#x" + Integer.toHexString(c) + ";<![CDATA[");
            } else {
                printer.print((char) c);
            }
        });
    }

    private void writeComment(String comment) throws IOException {
        if (open.isEmpty()) {
            outsideRoot.add(comment);
            return;
        }
        State state = beginContent(false);
        if (!state.preserveSpace) {
            printer.breakLine();
        }
        printer.indent();
        printer.print(comment);
        printer.unindent();
        state.afterComment = true;
        state.afterElement = false;
    }

    private void writeInstruction(Node node) {
        String data = node.getNodeValue();
        String text = "<?" + node.getNodeName() + (data == null ? "" : " " + data) + "?>";
        if (open.isEmpty()) {
            outsideRoot.add(text);
            return;
        }
        State state = beginContent(false);
        printer.indent();
        printer.print(text);
        printer.unindent();
        state.afterElement = true;
    }

    private State beginContent(boolean staysCdata) {
        State state = open.peek();
        if (!staysCdata) {
            closeCdata(state);
        }
        if (state.empty) {
            printer.print('>');
            state.empty = false;
        }
        state.afterElement = false;
        state.afterComment = false;
        return state;
    }

    private void closeCdata(State state) {
        if (state.inCdata) {
            printer.print("]]>");
            state.inCdata = false;
        }
    }

    private void escape(String text, boolean attribute) {
        text.codePoints().forEach(c -> {
            if (c == '<') {
                printer.print("&lt;");
            } else if (c == '&') {
                printer.print("&amp;");
            } else if (c == '"' && attribute) {
                printer.print("&quot;");
            } else if (c == '>' && !attribute) {
                printer.print("&gt;");
            } else if (c == '\r' || c > 0xffff || attribute && (c == '\n' || c == '\t')) {
                printer.print("&#x" + Integer.toHexString(c) + ";");
            } else {
                printer.print((char) c);
            }
        });
    }
}
