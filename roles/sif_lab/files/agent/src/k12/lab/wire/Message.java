// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import java.io.IOException;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import k12.lab.config.Dom;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** A received SIF_Message. Elements are found by local name, whatever namespace a ZIS puts them in. */
final class Message {
    private final Element body;

    /** @param sifMessage the SIF_Message element */
    private Message(Element sifMessage) {
        body = Dom.children(sifMessage).stream().findFirst().orElse(sifMessage);
    }

    static Message parse(String xml) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setNamespaceAware(true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            Element root = builder.parse(new InputSource(new StringReader(xml))).getDocumentElement();
            if (!root.getLocalName().equals("SIF_Message")) {
                throw new SAXException("it is <" + root.getNodeName() + ">");
            }
            return new Message(root);
        } catch (ParserConfigurationException | SAXException failure) {
            throw new IOException("This is no SIF_Message: " + failure.getMessage(), failure);
        }
    }

    /** SIF_Ack, SIF_Request ... */
    String type() {
        return body.getLocalName();
    }

    Element body() {
        return body;
    }

    String msgId() {
        return text("SIF_Header", "SIF_MsgId");
    }

    String sourceId() {
        return text("SIF_Header", "SIF_SourceId");
    }

    /** The status of a SIF_Ack, or -1 when it carries none. */
    int status() {
        String code = text("SIF_Status", "SIF_Code");
        return code.isEmpty() ? -1 : Integer.parseInt(code);
    }

    boolean hasError() {
        return find("SIF_Error") != null;
    }

    boolean hasError(int category, int code) {
        return hasError() && text("SIF_Error", "SIF_Category").equals(String.valueOf(category))
                && text("SIF_Error", "SIF_Code").equals(String.valueOf(code));
    }

    String errorText() {
        return "SIF_Error: Category=" + text("SIF_Error", "SIF_Category") + "; Code=" + text("SIF_Error", "SIF_Code")
                + "; " + text("SIF_Error", "SIF_Desc") + " " + text("SIF_Error", "SIF_ExtendedDesc");
    }

    /** The message that a SIF_Ack to SIF_GetMessage brings along, or null. */
    Message delivered() {
        Element inner = find("SIF_Status", "SIF_Data", "SIF_Message");
        return inner == null ? null : new Message(inner);
    }

    /** The element at this path of local names below the body, or null. */
    Element find(String... path) {
        Element element = body;
        for (String name : path) {
            element = Dom.children(element).stream().filter(child -> name.equals(child.getLocalName()))
                    .findFirst().orElse(null);
            if (element == null) {
                return null;
            }
        }
        return element;
    }

    /** The text at this path, "" when it is not there. */
    String text(String... path) {
        Element element = find(path);
        return element == null ? "" : Dom.text(element);
    }
}
