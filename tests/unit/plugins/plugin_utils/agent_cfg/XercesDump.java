// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

import com.sun.org.apache.xerces.internal.parsers.DOMParser;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/** Prints one line per file: its tree as the JDK's Xerces sees it, or refused. Strings are quoted like in JSON. */
public final class XercesDump {
    public static void main(String[] files) {
        System.setErr(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));
        for (String file : files) {
            String line;
            try (InputStream stream = new FileInputStream(file)) {
                DOMParser parser = new DOMParser();
                InputSource source = new InputSource(stream);
                source.setSystemId(new File(file).toURI().toString());
                parser.parse(source);
                line = dump(parser.getDocument().getDocumentElement());
            } catch (Exception refused) {
                line = "refused";
            }
            System.out.println(line);
        }
    }

    private static String dump(Node node) {
        StringBuilder out = new StringBuilder("<").append(quote(node.getNodeName()));
        NamedNodeMap attributes = node.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            Node attribute = attributes.item(i);
            out.append(' ').append(quote(attribute.getNodeName())).append('=').append(quote(attribute.getNodeValue()));
        }
        out.append('>');
        for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
            switch (child.getNodeType()) {
                case Node.ELEMENT_NODE: out.append(dump(child)); break;
                case Node.TEXT_NODE: out.append('T').append(quote(child.getNodeValue())); break;
                case Node.CDATA_SECTION_NODE: out.append('C').append(quote(child.getNodeValue())); break;
                case Node.COMMENT_NODE: out.append('!').append(quote(child.getNodeValue())); break;
                case Node.PROCESSING_INSTRUCTION_NODE:
                    out.append('?').append(quote(child.getNodeName())).append(quote(child.getNodeValue())); break;
                default: out.append('#').append(child.getNodeType());
            }
        }
        return out.append("</>").toString();
    }

    private static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\' || c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
