# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queues, requests and responses: what reaches whom, in which order, and until when it stays."""

from __future__ import annotations

import threading

import pytest

from zis_peer import msg_id_of, new_id, student


class TestQueue:
    def test_first_in_first_out_until_acknowledged(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        sent = [lab.kimono().request("StudentPersonal", wait=0)["id"] for dummy in range(3)]
        for expected in sent:
            assert msg_id_of(provider.pull()) == expected
            assert msg_id_of(provider.pull()) == expected, "it stays until it is acknowledged"
            assert provider.ack(expected).code == 0
        assert provider.pull() is None

    def test_length_and_content_can_be_read(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        request_id = lab.kimono().request("StudentPersonal", wait=0)["id"]
        provider.pull()
        [item] = lab.kimono().queue("Sis")
        assert (item["msg_id"], item["type"], item["source_id"], item["deliveries"], item["blocking"]) == (
            request_id,
            "SIF_Request",
            "Kimono",
            1,
            False,
        )
        assert item["size"] > 300 and lab.kimono().agent("Sis")["queue_length"] == 1

    def test_ack_of_something_else(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        request_id = lab.kimono().request("StudentPersonal", wait=0)["id"]
        assert provider.ack(request_id).error == (12, 6), "not delivered yet"
        provider.pull()
        assert provider.ack(new_id()).error == (12, 6)
        assert provider.ack(request_id, code=6).error == (1, 4)
        assert provider.ack(request_id, code="x").error == (1, 4)
        assert provider.say("SIF_Ack").error == (1, 6)
        assert lab.kimono().agent("Sis")["queue_length"] == 1

    def test_sleeping_receiver_keeps_the_message(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        request_id = lab.kimono().request("StudentPersonal", wait=0)["id"]
        provider.pull()
        assert provider.ack(request_id, code=8).code == 0
        assert msg_id_of(provider.pull()) == request_id

    def test_push_agent_must_not_pull(self, lab):
        peer = lab.peer()
        peer.register(mode="Push", url="http://127.0.0.1:1/")
        assert peer.system("SIF_GetMessage").error == (5, 9)
        peer.register(mode="Pull")
        assert peer.system("SIF_GetMessage").code == 9

    def test_same_message_id_twice(self, lab):
        lab.peer("Sis").joined(provides=["StudentPersonal"])
        peer = lab.peer().joined()
        request_id, event_id = new_id(), new_id()
        assert [peer.request(msg_id=request_id).code for dummy in range(2)] == [0, 7]
        assert [peer.event(msg_id=event_id, content=student(1)).code for dummy in range(2)] == [0, 7]
        assert lab.kimono().agent("Sis")["queue_length"] == 1 and len(lab.kimono().events()) == 1


class TestSelectiveMessageBlocking:
    @pytest.fixture
    def subscriber(self, lab):
        publisher = lab.peer("Sis").joined()
        subscriber = lab.peer("Sub").joined(provides=["SchoolInfo"], subscribes=["StudentPersonal"])
        for number in (1, 2):
            publisher.event(content=student(number))
        publisher.request("SchoolInfo")
        return subscriber

    def test_other_events_wait_and_requests_do_not(self, lab, subscriber):
        event = subscriber.pull()
        assert event[0].tag == "SIF_Event"
        assert subscriber.ack(msg_id_of(event), code=2).code == 0
        assert lab.kimono().agent("Sub")["blocked"] and lab.kimono().queue("Sub")[0]["blocking"]
        request = subscriber.pull()
        assert request[0].tag == "SIF_Request"
        assert subscriber.ack(msg_id_of(request)).code == 0
        assert subscriber.pull() is None
        assert subscriber.ack(new_id(), code=3).error == (13, 4)
        assert subscriber.ack(msg_id_of(event), code=3).code == 0
        second = subscriber.pull()
        assert second[0].tag == "SIF_Event" and msg_id_of(second) != msg_id_of(event)

    def test_only_events_block(self, subscriber):
        for dummy in range(2):
            subscriber.ack(msg_id_of(subscriber.pull()))
        request = subscriber.pull()
        assert subscriber.ack(msg_id_of(request), code=2).error == (13, 2)
        assert subscriber.ack(msg_id_of(request), code=3).error == (13, 4)

    @pytest.mark.parametrize("ending", ["SIF_Register", "SIF_Wakeup"])
    def test_a_restart_ends_it_and_the_event_comes_again(self, subscriber, ending):
        event = subscriber.pull()
        subscriber.ack(msg_id_of(event), code=2)
        assert (subscriber.register() if ending == "SIF_Register" else subscriber.system(ending)).code == 0
        assert msg_id_of(subscriber.pull()) == msg_id_of(event)


class TestRequests:
    def test_between_agents_in_two_packets(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        requester = lab.peer("Lms").joined()
        request_id = new_id()
        assert requester.request(msg_id=request_id).code == 0
        message = provider.pull()
        assert message.find("SIF_Request/SIF_Query/SIF_QueryObject").get("ObjectName") == "StudentPersonal"
        assert provider.respond(request_id, "Lms", student(1), packet=1, more="Yes").code == 0
        assert provider.respond(request_id, "Lms", student(2), packet=2).code == 0
        assert provider.ack(request_id).code == 0
        received = []
        for dummy in range(2):
            packet = requester.pull()
            received.append(packet.findtext("SIF_Response/SIF_ObjectData/StudentPersonal/LocalId"))
            requester.ack(msg_id_of(packet))
        assert received == ["1", "2"] and requester.pull() is None

    def test_named_destination(self, lab):
        lab.peer("Sis").joined(provides=["StudentPersonal"])
        other = lab.peer("Other").joined()
        requester = lab.peer("Lms").joined()
        assert requester.request(destination="Other").code == 0
        assert other.pull()[0].tag == "SIF_Request" and lab.kimono().agent("Sis")["queue_length"] == 0
        assert requester.request(destination="Nobody").error == (8, 4)

    @pytest.mark.parametrize(
        "arguments, error",
        [
            (dict(name="LEAInfo"), (8, 4)),
            (dict(name=""), (1, 6)),
            (dict(size="x"), (1, 4)),
            (dict(size=""), (1, 6)),
            (dict(header_extra="<SIF_Contexts><SIF_Context>Other</SIF_Context></SIF_Contexts>"), (12, 4)),
        ],
    )
    def test_refused(self, lab, arguments, error):
        lab.peer("Sis").joined(provides=["StudentPersonal"])
        assert lab.peer("Lms").joined().request(**arguments).error == error
        assert lab.kimono().agent("Sis")["queue_length"] == 0

    def test_refused_responses(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        requester, request_id = lab.peer("Lms").joined(), new_id()
        assert requester.request(msg_id=request_id, size=5000).code == 0
        assert provider.respond(new_id(), "Lms").error == (8, 10)
        assert requester.respond(request_id, "Lms").error == (4, 6)
        assert provider.respond(request_id, "Kimono").error == (8, 14)
        assert provider.respond(request_id, "Lms", student(1) * 50).error == (8, 11)
        assert provider.respond(request_id, "Lms", packet=2).error == (8, 12)
        assert provider.respond(request_id, "Lms", packet="x").error == (8, 12)
        assert provider.respond(request_id, "Lms", more="Perhaps").error == (1, 4)
        assert provider.respond("", "Lms").error == (1, 6)
        assert requester.pull() is None
        assert provider.respond(request_id, "Lms").code == 0
        assert provider.respond(request_id, "Lms").error == (8, 10), "the last packet closed the request"

    def test_cancelled(self, lab):
        provider = lab.peer("Sis").joined(provides=["StudentPersonal"])
        requester = lab.peer("Lms").joined()
        ids = [new_id(), new_id()]
        for request_id in ids:
            requester.request(msg_id=request_id)
        content = (
            "<SIF_NotificationType>Standard</SIF_NotificationType><SIF_RequestMsgIds>"
            f"<SIF_RequestMsgId>{ids[0]}</SIF_RequestMsgId></SIF_RequestMsgIds>"
        )
        assert provider.system("SIF_CancelRequests", content).code == 0
        assert len(lab.kimono().queue("Sis")) == 2, "only the requester may cancel"
        assert requester.system("SIF_CancelRequests", content).code == 0
        response = requester.pull().find("SIF_Response")
        assert [response.findtext(t) for t in ("SIF_RequestMsgId", "SIF_Error/SIF_Category", "SIF_Error/SIF_Code")] == [
            ids[0],
            "8",
            "18",
        ]
        assert [item["msg_id"] for item in lab.kimono().queue("Sis")] == [ids[1]]
        assert provider.respond(ids[0], "Lms").error == (8, 10)


def test_many_agents_at_once(lab):
    """Each of 12 agents registers, provides its own object, answers 5 requests; nothing is lost or mixed up."""
    failures = []

    def work(number):
        try:
            name = f"Object{number}"
            peer = lab.peer(f"Agent{number}").joined(provides=[name])
            made = [lab.kimono().request(name, wait=0)["id"] for dummy in range(5)]
            for expected in made:
                assert msg_id_of(peer.pull()) == expected
                assert peer.respond(expected, content=f"<{name} RefId='{number}'/>").code == 0
                assert peer.ack(expected).code == 0
            ended = [lab.kimono().call("GET", f"zones/Zone1/requests/{i}") for i in made]
            assert [[o["refid"] for o in e["objects"]] for e in ended] == [[str(number)]] * 5
        except Exception as error:  # reported in the main thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(lab.kimono().agents()) == 12
