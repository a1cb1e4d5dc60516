// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import k12.lab.config.Dom;
import k12.lab.config.SifVersion;
import org.w3c.dom.Element;

/** What a SIF_Request asks for. */
final class RequestInfo {
    private static final int DEFAULT_BUFFER = 393216;

    private final Message message;
    private final SifVersion version;

    /** The answer is of the newest wanted version that the agent speaks. */
    RequestInfo(Message message, SifVersion agentVersion) {
        this.message = message;
        this.version = newestWanted(message.body(), agentVersion);
    }

    private static SifVersion newestWanted(Element request, SifVersion agentVersion) {
        SifVersion newest = null;
        for (Element child : Dom.children(request)) {
            if (child.getLocalName().equals("SIF_Version")) {
                String text = Dom.text(child);
                SifVersion wanted = text.endsWith("*") ? agentVersion : SifVersion.parse(text);
                if (wanted.compareTo(agentVersion) <= 0 && (newest == null || wanted.compareTo(newest) > 0)) {
                    newest = wanted;
                }
            }
        }
        return newest == null ? agentVersion : newest;
    }

    String msgId() {
        return message.msgId();
    }

    String sourceId() {
        return message.sourceId();
    }

    SifVersion version() {
        return version;
    }

    /** Bytes that one packet may have. */
    int maxBufferSize() {
        try {
            return Integer.parseInt(message.text("SIF_MaxBufferSize"));
        } catch (NumberFormatException absent) {
            return DEFAULT_BUFFER;
        }
    }

    String objectName() {
        Element object = message.find("SIF_Query", "SIF_QueryObject");
        return object == null ? "" : object.getAttribute("ObjectName");
    }

    /** May be null. */
    Element query() {
        return message.find("SIF_Query");
    }
}
