# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delivery to agents that registered for Push."""

from __future__ import annotations

import http.server
import queue
import socket
import threading
import time

import pytest

from zis_peer import NAMESPACE, Lab, msg_id_of, without_namespaces


class PushAgent:
    """An HTTP server as a Push agent runs one: keeps what it is given, answers as `answer` says."""

    def __init__(self) -> None:
        self.received: queue.Queue = queue.Queue()
        self.outcome = "<SIF_Status><SIF_Code>1</SIF_Code></SIF_Status>"
        self.status = 200
        agent = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = (
                    f'<SIF_Message xmlns="{NAMESPACE}" Version="2.3"><SIF_Ack><SIF_Header><SIF_MsgId>1</SIF_MsgId>'
                    f"<SIF_SourceId>Pusher</SIF_SourceId></SIF_Header>{agent.outcome}</SIF_Ack></SIF_Message>"
                ).encode()
                self.send_response(agent.status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                agent.received.put((self.path, without_namespaces(body.decode("utf-8"))))

            def log_message(self, *_args):
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/zone/Zone1/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def take(self):
        return self.received.get(timeout=5)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def push_lab():
    running = Lab(push_retry=0.2)
    yield running
    running.close()


@pytest.fixture
def agent():
    running = PushAgent()
    yield running
    running.close()


def eventually(condition):
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until, "it did not happen within 5 s"
        time.sleep(0.02)


def registered(lab, url):
    peer = lab.peer("Pusher")
    assert peer.register(mode="Push", url=url).code == 0
    assert peer.provision(provides=["StudentPersonal"], subscribes=["SchoolInfo"]).code == 0
    return peer


def queue_length(lab):
    return lab.kimono().agent("Pusher")["queue_length"]


def test_delivers_and_removes(push_lab, agent):
    peer = registered(push_lab, agent.url)
    made = push_lab.kimono().request("StudentPersonal", wait=0)
    path, message = agent.take()
    assert path == "/zone/Zone1/" and msg_id_of(message) == made["id"]
    eventually(lambda: queue_length(push_lab) == 0)
    assert peer.respond(made["id"], content="<StudentPersonal RefId='1'/>").code == 0
    assert push_lab.kimono().call("GET", f"zones/Zone1/requests/{made['id']}")["count"] == 1
    described = push_lab.kimono().agent("Pusher")
    assert described["protocol"] == {"type": "HTTP", "secure": False, "url": agent.url}
    eventually(lambda: push_lab.kimono().agent("Pusher")["push"]["last_error"] is None)
    assert described["mode"] == "Push" and described["push"]["attempts"] == 1


def test_in_order(push_lab, agent):
    registered(push_lab, agent.url)
    made = [push_lab.kimono().request("StudentPersonal", wait=0)["id"] for dummy in range(3)]
    assert [msg_id_of(agent.take()[1]) for dummy in range(3)] == made


def test_unreachable_agent_is_tried_again_and_keeps_its_messages(push_lab):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        registered(push_lab, f"http://127.0.0.1:{reserved.getsockname()[1]}/")
        push_lab.kimono().request("StudentPersonal", wait=0)
        eventually(lambda: push_lab.kimono().agent("Pusher")["push"]["attempts"] >= 2)
        described = push_lab.kimono().agent("Pusher")
        assert described["queue_length"] == 1 and "refused" in described["push"]["last_error"]
        assert push_lab.kimono().messages(outcome="Undelivered")


def test_a_new_address_is_used_at_once(agent):
    patient = Lab(push_retry=600)
    try:
        peer = registered(patient, "http://127.0.0.1:9/")
        patient.kimono().request("StudentPersonal", wait=0)
        eventually(lambda: (patient.kimono().agent("Pusher")["push"]["last_error"]))
        assert peer.register(mode="Push", url=agent.url).code == 0
        assert agent.take()[1][0].tag == "SIF_Request"
    finally:
        patient.close()


@pytest.mark.parametrize(
    "status, outcome, told",
    [
        (200, "<SIF_Status><SIF_Code>8</SIF_Code></SIF_Status>", "sleeps"),
        (500, "", "HTTP 500"),
        (200, "", "neither"),
        (200, "<SIF_Status><SIF_Code>0</SIF_Code></SIF_Status>", "1/4"),
    ],
)
def test_not_taken(push_lab, agent, status, outcome, told):
    agent.status, agent.outcome = status, outcome
    registered(push_lab, agent.url)
    push_lab.kimono().request("StudentPersonal", wait=0)
    first, second = agent.take()[1], agent.take()[1]
    assert msg_id_of(first) == msg_id_of(second)
    eventually(lambda: told in (push_lab.kimono().agent("Pusher")["push"]["last_error"] or ""))
    assert queue_length(push_lab) == 1


def test_error_removes_the_message(push_lab, agent):
    agent.outcome = "<SIF_Error><SIF_Category>8</SIF_Category><SIF_Code>9</SIF_Code><SIF_Desc>no</SIF_Desc></SIF_Error>"
    registered(push_lab, agent.url)
    ended = push_lab.kimono().request("StudentPersonal", wait=5)
    assert (ended["state"], ended["error"]["category"], ended["error"]["code"]) == ("error", 8, 9)
    assert queue_length(push_lab) == 0


def test_blocking_event(push_lab, agent):
    agent.outcome = "<SIF_Status><SIF_Code>2</SIF_Code></SIF_Status>"
    peer = registered(push_lab, agent.url)
    publisher = push_lab.peer("Sis").joined()
    publisher.event("SchoolInfo", content="<SchoolInfo RefId='1'/>")
    event_id = msg_id_of(agent.take()[1])
    eventually(lambda: push_lab.kimono().agent("Pusher")["blocked"])
    agent.outcome = "<SIF_Status><SIF_Code>1</SIF_Code></SIF_Status>"
    publisher.event("SchoolInfo", content="<SchoolInfo RefId='2'/>")
    push_lab.kimono().request("StudentPersonal", wait=0)
    assert agent.take()[1][0].tag == "SIF_Request"
    assert peer.ack(event_id, code=3).code == 0
    assert agent.take()[1].find(".//SchoolInfo").get("RefId") == "2"


def test_waits_while_the_agent_or_the_zone_sleeps(push_lab, agent):
    peer = registered(push_lab, agent.url)
    peer.system("SIF_Sleep")
    push_lab.kimono().request("StudentPersonal", wait=0)
    assert push_lab.kimono().agent("Pusher")["push"]["attempts"] == 0
    push_lab.kimono().configure(asleep=True)
    with push_lab.zis.lock:
        push_lab.zis.zones["Zone1"].agents["Pusher"].sleeping = False
        push_lab.zis.lock.notify_all()
    with pytest.raises(queue.Empty):
        agent.received.get(timeout=0.3)
    push_lab.kimono().configure(asleep=False)
    assert agent.take()[1][0].tag == "SIF_Request"


def push_threads():
    return [t for t in threading.enumerate() if t.name == "push Zone1 Pusher"]


@pytest.mark.parametrize("ending", ["pull", "unregister", "reset"])
def test_ends_with_the_registration(push_lab, agent, ending):
    peer = registered(push_lab, agent.url)
    eventually(push_threads)
    if ending == "pull":
        peer.register(mode="Pull")
        push_lab.kimono().request("StudentPersonal", wait=0)
        assert peer.pull()[0].tag == "SIF_Request"
    elif ending == "unregister":
        peer.say("SIF_Unregister")
    else:
        push_lab.kimono().reset()
    eventually(lambda: not push_threads())
    assert agent.received.empty()


def test_pull_and_push_again(push_lab, agent):
    peer = registered(push_lab, agent.url)
    for mode in ("Pull", "Push", "Pull", "Push"):
        assert peer.register(mode=mode, url=agent.url).code == 0
    push_lab.kimono().request("StudentPersonal", wait=0)
    assert agent.take()[1][0].tag == "SIF_Request"
    assert len(push_threads()) == 1
