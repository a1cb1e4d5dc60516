# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built-in Kimono: what it asks for and what it receives."""

from __future__ import annotations

import threading
from xml.etree import ElementTree

import pytest

from zis_peer import msg_id_of, student


class TestKimono:
    def test_receives_objects_of_all_packets(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        made = lab.kimono().request("StudentPersonal", wait=0)
        assert (made["state"], made["source_id"], made["packets"], made["completed_at"]) == ("pending", "Sis", 0, None)
        provider.respond(made["id"], content=student(1) + student(2), more="Yes")
        provider.respond(made["id"], content=student(3), packet=2)
        read = lab.kimono().call("GET", f"zones/Zone1/requests/{made['id']}")
        assert (read["state"], read["packets"], read["count"], read["error"]) == ("complete", 2, 3, None)
        first = read["objects"][0]
        assert (first["name"], first["refid"]) == ("StudentPersonal", "1")
        assert first["xml"].startswith('<StudentPersonal RefId="1"><LocalId>1</LocalId>')
        assert first["fields"] == {
            "@RefId": "1",
            "LocalId": "1",
            "Name/@Type": "04",
            "Name/LastName": "Abel & Co",
            "PhoneNumberList/PhoneNumber/Number": "1",
            "PhoneNumberList/PhoneNumber[2]/Number": "2",
        }

    def test_nil_is_none_and_xml_stands_alone(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        made = lab.kimono().request("StudentPersonal", wait=0)
        provider.respond(
            made["id"],
            content='<StudentPersonal xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            '<ProjectedGraduationYear xsi:nil="true"/></StudentPersonal>',
        )
        [item] = lab.kimono().call("GET", f"zones/Zone1/requests/{made['id']}")["objects"]
        assert item["fields"] == {"ProjectedGraduationYear": None} and item["refid"] is None
        assert ElementTree.fromstring(item["xml"])[0].tag == "ProjectedGraduationYear"

    def test_what_it_asks_for(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        lab.kimono().request(
            "StudentPersonal",
            wait=0,
            version=["2.1", "2.3"],
            max_buffer_size=9000,
            join="Or",
            conditions=[
                {"element": "LocalId", "operator": "EQ", "value": "<1>"},
                {"element": "Name/LastName", "operator": "NE", "value": "x"},
            ],
        )
        request = provider.pull().find("SIF_Request")
        assert [v.text for v in request.iterfind("SIF_Version")] == ["2.1", "2.3"]
        assert request.findtext("SIF_MaxBufferSize") == "9000"
        conditions = request.find("SIF_Query/SIF_ConditionGroup/SIF_Conditions")
        assert conditions.get("Type") == "Or"
        assert [[e.text for e in c] for c in conditions] == [["LocalId", "EQ", "<1>"], ["Name/LastName", "NE", "x"]]

    def test_speaks_the_version_of_the_agent(self, lab):
        provider = lab.peer("Sis")
        provider.version = "2.1"
        provider.joined(provides=["StudentPersonal"])
        lab.kimono().request("StudentPersonal", wait=0)
        assert provider.pull().get("Version") == "2.1"

    @pytest.mark.parametrize("leave", ["unregister", "forget"])
    def test_an_agent_that_leaves_ends_the_request(self, lab, leave):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        made = lab.kimono().request("StudentPersonal", wait=0)
        if leave == "unregister":
            provider.say("SIF_Unregister")
        else:
            lab.kimono().fault("drop_registration")
        ended = lab.kimono().call("GET", f"zones/Zone1/requests/{made['id']}")
        assert (ended["state"], ended["error"]["extended_desc"]) == ("error", "Sis left the zone")

    def test_one_named_agent(self, lab):
        lab.peer("Sis").joined(provides=["StudentPersonal"])
        lab.peer("Old").joined()
        assert lab.kimono().request("StudentPersonal", wait=0, source_id="Old")["source_id"] == "Old"
        assert lab.kimono().agent("Old")["queue_length"] == 1

    @pytest.mark.parametrize("options", [{}, {"source_id": "Nobody"}])
    def test_no_provider(self, lab, options):
        ended = lab.kimono().request("StudentPersonal", **options)
        assert (ended["state"], ended["error"]["category"], ended["error"]["code"]) == ("error", 8, 4)

    def test_error_in_the_response(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        made = lab.kimono().request("StudentPersonal", wait=0)
        assert provider.respond(made["id"], error=(8, 1)).code == 0
        ended = lab.kimono().call("GET", f"zones/Zone1/requests/{made['id']}")
        assert ended["state"] == "error"
        assert ended["error"] == {"category": 8, "code": 1, "desc": "no", "extended_desc": "because"}

    def test_error_in_the_ack(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        made = lab.kimono().request("StudentPersonal", wait=0)
        provider.pull()
        assert provider.ack(made["id"], error=(12, 1)).code == 0
        ended = lab.kimono().call("GET", f"zones/Zone1/requests/{made['id']}")
        assert (ended["state"], ended["error"]["category"]) == ("error", 12)
        assert provider.pull() is None

    def test_an_interrupted_agent_answers_anew(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        made = lab.kimono().request("StudentPersonal", wait=0)
        provider.respond(made["id"], content=student(1), more="Yes")
        provider.register()
        provider.respond(made["id"], content=student(1), more="Yes")
        provider.respond(made["id"], content=student(2), packet=2)
        ended = lab.kimono().call("GET", f"zones/Zone1/requests/{made['id']}")
        assert (ended["count"], ended["packets"]) == (2, 2)

    def test_waits_for_the_answer(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])

        def answer():
            while (message := provider.pull()) is None:
                pass
            provider.respond(msg_id_of(message), content=student(1))
            provider.ack(msg_id_of(message))

        thread = threading.Thread(target=answer)
        thread.start()
        assert lab.kimono().request("StudentPersonal", wait=10)["count"] == 1
        thread.join()

    def test_list_is_without_objects(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        made = lab.kimono().request("StudentPersonal", wait=0)
        provider.respond(made["id"], content=student(1))
        [listed] = lab.kimono().call("GET", "zones/Zone1/requests")["requests"]
        assert listed["count"] == 1 and "objects" not in listed


class TestEvents:
    def test_reach_subscribers_and_kimono_but_not_the_sender(self, lab):
        publisher = lab.peer("Sis").joined(subscribes=["StudentPersonal"])
        subscriber = lab.peer("Sub").joined(subscribes=["StudentPersonal"])
        lab.peer("Other").joined(subscribes=["SchoolInfo"])
        assert publisher.event(content=student(7)).code == 0
        message = subscriber.pull()
        assert message.find("SIF_Event/SIF_ObjectData/SIF_EventObject").get("Action") == "Change"
        assert publisher.pull() is None and lab.kimono().agent("Other")["queue_length"] == 0
        [event] = lab.kimono().events()
        assert (event["n"], event["source_id"], event["action"], event["name"], event["refid"]) == (
            1,
            "Sis",
            "Change",
            "StudentPersonal",
            "7",
        )

    def test_filters_and_clearing(self, lab):
        publisher = lab.peer("Sis").joined()
        publisher.event(content=student(1))
        publisher.event("SchoolInfo", "Add", "<SchoolInfo RefId='S'/>")
        client = lab.kimono()
        assert [e["n"] for e in client.events(object="SchoolInfo")] == [2]
        assert [e["n"] for e in client.events(since=1)] == [2]
        assert client.events(source_id="Nobody") == []
        assert lab.kimono("Zone2").events() == []
        assert client.call("DELETE", "zones/Zone1/events") == {"cleared": 2}
        publisher.event(content=student(1))
        assert [e["n"] for e in client.events()] == [3]

    @pytest.mark.parametrize("arguments, error", [(dict(action="Burn"), (1, 4)), (dict(name=""), (1, 6))])
    def test_refused(self, lab, arguments, error):
        peer = lab.peer().joined()
        assert peer.event(**arguments).error == error
        assert peer.say("SIF_Event").error == (1, 6)
        assert lab.kimono().events() == []
