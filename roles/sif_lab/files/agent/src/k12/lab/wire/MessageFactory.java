// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import k12.lab.config.SifVersion;
import k12.lab.config.Zone;
import k12.lab.object.Xml;

/** Makes the messages that an agent sends in one zone. */
final class MessageFactory {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);

    private final String sourceId;
    private final SifVersion agentVersion;
    private final SifVersion version;
    private final Zone zone;

    /** Messages are of the older of the agent's version and the one the ZIS is said to speak. */
    MessageFactory(String sourceId, SifVersion agentVersion, Zone zone) {
        this.sourceId = sourceId;
        this.agentVersion = agentVersion;
        this.version = agentVersion.min(SifVersion.parse(zone.zisVersion()));
        this.zone = zone;
    }

    SifVersion version() {
        return version;
    }

    boolean isSif1() {
        return version.compareTo(SifVersion.SIF_2_0) < 0;
    }

    String register(String pushUrl) {
        StringBuilder body = new StringBuilder();
        element(body, "SIF_Name", sourceId + " Agent");
        versions().forEach(supported -> element(body, "SIF_Version", supported));
        element(body, "SIF_MaxBufferSize", String.valueOf(zone.maxBufferSize()));
        element(body, "SIF_Mode", zone.isPush() ? "Push" : "Pull");
        if (pushUrl != null) {
            body.append("    <SIF_Protocol Type=\"HTTP\" Secure=\"No\">\n");
            element(body, "  SIF_URL", pushUrl);
            body.append("    </SIF_Protocol>\n");
        }
        return message("SIF_Register", version, null, body);
    }

    /** The agent's own version first, then the older ones it knows, or those the configuration lists. */
    private Set<String> versions() {
        Set<String> versions = new LinkedHashSet<>();
        versions.add(agentVersion.toString());
        if (zone.overrideSifVersions() != null) {
            for (String listed : zone.overrideSifVersions().split("[,;]")) {
                versions.add(listed.trim());
            }
        } else {
            SifVersion.SUPPORTED.stream().filter(known -> known.compareTo(agentVersion) < 0)
                    .forEach(known -> versions.add(known.toString()));
        }
        return versions;
    }

    /** SIF_Ping, SIF_GetMessage, SIF_GetZoneStatus, SIF_GetAgentACL or SIF_Sleep. */
    String systemControl(String command) {
        return message("SIF_SystemControl", version, null, new StringBuilder("    <SIF_SystemControlData>\n      <")
                .append(command).append("/>\n    </SIF_SystemControlData>\n"));
    }

    String provision(Collection<String> provided, Collection<String> published) {
        StringBuilder body = new StringBuilder();
        objects(body, "SIF_ProvideObjects", provided, true);
        objects(body, "SIF_SubscribeObjects", List.of(), false);
        objects(body, "SIF_PublishAddObjects", published, false);
        objects(body, "SIF_PublishChangeObjects", published, false);
        objects(body, "SIF_PublishDeleteObjects", List.of(), false);
        objects(body, "SIF_RequestObjects", List.of(), false);
        objects(body, "SIF_RespondObjects", provided, true);
        return message("SIF_Provision", version, null, body);
    }

    /** The older message of the same meaning. */
    String provide(Collection<String> provided) {
        StringBuilder body = new StringBuilder();
        provided.forEach(name -> object(body, name, !isSif1(), !isSif1()));
        return message("SIF_Provide", version, null, body);
    }

    private static void objects(StringBuilder body, String holder, Collection<String> names, boolean queried) {
        body.append("    <").append(holder).append(">\n");
        names.forEach(name -> object(body, name, queried, true));
        body.append("    </").append(holder).append(">\n");
    }

    private static void object(StringBuilder body, String name, boolean queried, boolean contexts) {
        body.append("      <SIF_Object ObjectName=\"").append(name).append("\">\n");
        if (queried) {
            element(body, "    SIF_ExtendedQuerySupport", "false");
        }
        if (contexts) {
            body.append("        <SIF_Contexts>\n");
            element(body, "      SIF_Context", "SIF_Default");
            body.append("        </SIF_Contexts>\n");
        }
        body.append("      </SIF_Object>\n");
    }

    /** An acknowledgement of a message of the ZIS. */
    String ack(String originalSourceId, String originalMsgId, int status) {
        StringBuilder body = new StringBuilder();
        element(body, "SIF_OriginalSourceId", originalSourceId);
        element(body, "SIF_OriginalMsgId", originalMsgId);
        body.append("    <SIF_Status>\n");
        element(body, "  SIF_Code", String.valueOf(status));
        body.append("    </SIF_Status>\n");
        return message("SIF_Ack", version, null, body);
    }

    /** One packet; the payload is a complete SIF_ObjectData or SIF_Error element. */
    String response(RequestInfo request, int packet, boolean more, String payload) {
        StringBuilder body = new StringBuilder();
        element(body, "SIF_RequestMsgId", request.msgId());
        element(body, "SIF_PacketNumber", String.valueOf(packet));
        element(body, "SIF_MorePackets", more ? "Yes" : "No");
        return message("SIF_Response", request.version(), request.sourceId(), body.append(payload));
    }

    String event(String objectName, String action, String object) {
        return message("SIF_Event", version, null,
                "    <SIF_ObjectData>\n      <SIF_EventObject ObjectName=\"" + objectName + "\" Action=\"" + action
                + "\">\n" + object + "      </SIF_EventObject>\n    </SIF_ObjectData>\n");
    }

    static String error(int category, int code, String description, String extended) {
        StringBuilder error = new StringBuilder("    <SIF_Error>\n");
        element(error, "  SIF_Category", String.valueOf(category));
        element(error, "  SIF_Code", String.valueOf(code));
        element(error, "  SIF_Desc", description);
        element(error, "  SIF_ExtendedDesc", String.valueOf(extended));
        return error.append("    </SIF_Error>\n").toString();
    }

    private String message(String type, SifVersion used, String destination, CharSequence body) {
        StringBuilder message = new StringBuilder();
        message.append("<SIF_Message xmlns=\"http://www.sifinfo.org/infrastructure/").append(used.major())
                .append(".x\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" Version=\"").append(used)
                .append("\">\n  <").append(type).append(">\n    <SIF_Header>\n");
        element(message, "  SIF_MsgId", newId());
        Instant now = Instant.now();
        if (used.compareTo(SifVersion.SIF_2_0) < 0) {
            element(message, "  SIF_Date", DATE.format(now));
            message.append("      <SIF_Time Zone=\"UTC+00:00\">").append(TIME.format(now)).append("</SIF_Time>\n");
        } else {
            element(message, "  SIF_Timestamp", TIMESTAMP.format(now));
        }
        message.append("      <SIF_Security>\n        <SIF_SecureChannel>\n");
        element(message, "      SIF_AuthenticationLevel", String.valueOf(zone.authenticationLevel()));
        element(message, "      SIF_EncryptionLevel", String.valueOf(zone.encryptionLevel()));
        message.append("        </SIF_SecureChannel>\n      </SIF_Security>\n");
        element(message, "  SIF_SourceId", sourceId);
        if (destination != null) {
            element(message, "  SIF_DestinationId", destination);
        }
        return message.append("    </SIF_Header>\n").append(body).append("  </").append(type)
                .append(">\n</SIF_Message>\n").toString();
    }

    /** The blanks before the name add to the indentation. */
    private static void element(StringBuilder out, String indentedName, String text) {
        String name = indentedName.trim();
        out.append("    ").append(indentedName, 0, indentedName.length() - name.length()).append('<').append(name)
                .append('>').append(Xml.escape(text)).append("</").append(name).append(">\n");
    }

    private static String newId() {
        return UUID.randomUUID().toString().replace("-", "").toUpperCase(Locale.ROOT);
    }
}
