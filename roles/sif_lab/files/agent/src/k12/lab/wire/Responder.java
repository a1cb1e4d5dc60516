// Copyright (c) 2026, the k12.sif contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package k12.lab.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import k12.lab.config.AdkException;
import k12.lab.config.Zone;
import k12.lab.district.Row;
import k12.lab.district.ZoneView;
import k12.lab.mapping.Mappings;
import k12.lab.object.ObjectMapper;
import k12.lab.object.Query;
import k12.lab.object.SifNode;
import k12.lab.object.StatePlugin;

/** Answers SIF_Requests with packets of objects, and makes the events of the state plug-in. */
final class Responder {
    private static final String MAPPINGS_ID = "Default";
    private static final int SNAPSHOTS = 5;

    private final Mappings mappings;
    private final Zone zone;
    private final ZoneView view;
    private final MessageFactory messages;

    Responder(Mappings mappings, Zone zone, ZoneView view, MessageFactory messages) {
        this.mappings = mappings;
        this.zone = zone;
        this.view = view;
        this.messages = messages;
    }

    /** The SIF_Response packets, of which there is always at least one. */
    List<String> answer(RequestInfo request) {
        try {
            List<Row> rows = view.rows(request.objectName());
            if (rows == null) {
                return List.of(refuse(request, 3, "Invalid object", request.objectName() + " is not provided"));
            }
            return packets(request, objects(request, rows));
        } catch (AdkException | RuntimeException failure) {
            return List.of(refuse(request, 1, "An error occurred while publishing", failure.getMessage()));
        }
    }

    private String refuse(RequestInfo request, int code, String description, String extended) {
        return messages.response(request, 1, false, MessageFactory.error(8, code, description, extended));
    }

    private List<String> objects(RequestInfo request, List<Row> rows) throws AdkException {
        Mappings top = mappings.named(MAPPINGS_ID);
        if (top == null) {
            throw new AdkException(AdkException.Kind.MAPPING, "No mappings with id '" + MAPPINGS_ID + "'");
        }
        Mappings selected = top.select(zone.id(), request.sourceId(), request.version());
        ObjectMapper mapper = new ObjectMapper(selected, request.version());
        Query query = request.query() == null ? null : new Query(request.query());
        List<String> objects = new ArrayList<>();
        for (Row row : rows) {
            SifNode object = build(mapper, request.objectName(), row);
            if (query == null || query.accepts(object)) {
                StringBuilder xml = new StringBuilder();
                object.writeTo(xml, 3);
                objects.add(xml.toString());
            }
        }
        return objects;
    }

    private SifNode build(ObjectMapper mapper, String name, Row row) throws AdkException {
        boolean altered = view.hasStateMessaging() && name.equals("StudentPersonal");
        if (altered) {
            StatePlugin.alter(row.fields());
        }
        SifNode object = mapper.map(name, row.fields());
        row.attributes().forEach(object.attributes()::putIfAbsent);
        if (altered) {
            StatePlugin.complete(object, row.fields());
        }
        return object;
    }

    /** Fills packets up to the size that the requester allows, which includes the envelope. */
    private List<String> packets(RequestInfo request, List<String> objects) {
        List<String> payloads = new ArrayList<>();
        int envelope = size(messages.response(request, 1_000_000, false, payload("")));
        StringBuilder current = new StringBuilder();
        int used = envelope;
        for (String object : objects) {
            int length = size(object);
            if (envelope + length > request.maxBufferSize()) {
                return List.of(refuse(request, 11, "SIF_Response larger than requested SIF_MaxBufferSize",
                        "An object needs " + (envelope + length) + " bytes"));
            }
            if (used + length > request.maxBufferSize()) {
                payloads.add(payload(current));
                current.setLength(0);
                used = envelope;
            }
            current.append(object);
            used += length;
        }
        payloads.add(payload(current));
        List<String> packets = new ArrayList<>();
        for (String payload : payloads) {
            int number = packets.size() + 1;
            packets.add(messages.response(request, number, number < payloads.size(), payload));
        }
        return packets;
    }

    private static String payload(CharSequence objects) {
        return "    <SIF_ObjectData>\n" + objects + "    </SIF_ObjectData>\n";
    }

    private static int size(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** The state objects that the plug-in sends once connected; none where it is off. */
    List<String> stateEvents() {
        List<String> events = new ArrayList<>();
        if (view.hasStateMessaging()) {
            view.rows("StudentPersonal").stream().limit(SNAPSHOTS).forEach(row -> {
                StringBuilder xml = new StringBuilder();
                StatePlugin.snapshot(row.fields()).writeTo(xml, 4);
                events.add(messages.event(StatePlugin.OBJECT, "Add", xml.toString()));
            });
        }
        return events;
    }
}
