# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults, zones, the log and the errors of the admin API."""

from __future__ import annotations

import http.client
import json
import re
import time

import pytest

from zis.kimono import KimonoError


def admin(lab, method, path, body=None):
    connection = http.client.HTTPConnection(lab.listener.host, lab.listener.port, timeout=10)
    connection.request(method, f"/admin/{path}", body)
    answer = connection.getresponse()
    content = json.load(answer)
    connection.close()
    return answer.status, content


class TestFaults:
    @pytest.mark.parametrize(
        "fault, on_register, on_ping",
        [
            ("refuse_registration", (4, 2), 1),
            ("unknown_source", 0, (4, 9)),
            ("require_secure", (5, 7), (5, 7)),
            ("zone_asleep", 8, 8),
        ],
    )
    def test_answers(self, lab, fault, on_register, on_ping):
        peer = lab.peer().joined()
        lab.kimono().fault(fault)
        for ack, expected in ((peer.register(), on_register), (peer.system("SIF_Ping"), on_ping)):
            assert expected in (ack.error, ack.code)
        assert lab.kimono().clear_faults() == 1
        assert (peer.register().code, peer.system("SIF_Ping").code) == (0, 1)

    def test_refused_registration_leaves_no_agent(self, lab):
        lab.kimono().fault("refuse_registration")
        lab.peer().register()
        assert lab.kimono().agents() == []

    def test_http_500(self, lab):
        peer = lab.peer()
        lab.kimono().fault("http_500", times=1)
        status, headers, text = peer.post(peer.message("<SIF_Register/>"))
        assert (status, headers["Content-Type"]) == (500, "text/plain") and "SIF" not in text
        assert peer.register().code == 0

    def test_not_sif(self, lab):
        peer = lab.peer()
        lab.kimono().fault("not_sif", times=1)
        status, headers, text = peer.post(b"not even xml")
        assert (status, headers["Content-Type"]) == (200, "text/html") and text.startswith("<html>")
        assert peer.register().code == 0

    def test_slow(self, lab):
        peer = lab.peer().joined()
        lab.kimono().fault("slow", seconds=0.4, times=1, message="SIF_Ping")
        lab.kimono().fault("zone_asleep", message="SIF_Ping")
        started = time.monotonic()
        assert peer.system("SIF_GetMessage").code == 9
        assert time.monotonic() - started < 0.3
        started = time.monotonic()
        assert peer.system("SIF_Ping").code == 8, "slow does not hide other faults"
        assert time.monotonic() - started >= 0.4

    def test_drop_registration_is_done_at_once(self, lab):
        peers = [lab.peer(name).joined() for name in ("A", "B")]
        elsewhere = lab.peer("A", "Zone2").joined()
        assert lab.kimono().fault("drop_registration", agent="A")["forgotten"] == 1
        assert [p.system("SIF_Ping").error for p in peers] == [(4, 9), None]
        assert elsewhere.system("SIF_Ping").code == 1 and lab.kimono().faults() == []
        assert lab.kimono().fault("drop_registration")["forgotten"] == 1
        assert peers[0].register().code == 0

    def test_only_where_it_was_injected(self, lab):
        lab.kimono().fault("zone_asleep", agent="A")
        assert lab.peer("A").register().code == 8
        assert lab.peer("B").register().code == 0
        assert lab.peer("A", "Zone2").register().code == 0

    def test_everywhere_without_zone(self, lab):
        lab.kimono("").fault("zone_asleep")
        assert [lab.peer("A", zone).register().code for zone in ("Zone1", "Zone2")] == [8, 8]

    def test_times(self, lab):
        lab.kimono().fault("refuse_registration", times=2)
        peer = lab.peer()
        peer.system("SIF_Ping")
        assert [peer.register().error for dummy in range(3)] == [(4, 2), (4, 2), None]
        assert lab.kimono().faults() == []

    def test_one_can_be_ended(self, lab):
        first, second = (lab.kimono(zone).fault("zone_asleep") for zone in ("Zone1", "Zone2"))
        assert admin(lab, "DELETE", f"faults/{first['id']}") == (200, {"cleared": 1})
        assert [f["id"] for f in lab.kimono().faults()] == [second["id"]]
        assert lab.kimono("Zone1").clear_faults() == 0
        assert lab.kimono("Zone2").clear_faults() == 1
        assert admin(lab, "DELETE", "faults/77")[0] == 404

    def test_the_log_tells_of_it(self, lab):
        lab.kimono().fault("refuse_registration")
        lab.peer().register()
        [entry] = lab.kimono().messages(type="SIF_Register")
        assert (entry["outcome"], entry["fault"], entry["source_id"]) == ("Error 4/2", "refuse_registration", "Agent")


class TestZones:
    def test_made_changed_and_deleted(self, lab):
        client = lab.kimono("New zone")
        made = client.create_zone(name="Neu")
        assert (made["id"], made["name"], made["agents"]) == ("New zone", "Neu", [])
        peer = lab.peer(zone="New zone")
        assert peer.register().code == 0
        assert client.configure(asleep=True)["asleep"] and peer.register().code == 8
        assert client.call("DELETE", "zones/New%20zone") == {"deleted": "New zone"}
        assert peer.register().error == (12, 1)

    def test_exists(self, lab):
        assert admin(lab, "POST", "zones", '{"id": "Zone1"}')[0] == 409

    @pytest.mark.parametrize("zone_id", ["admin", "a/b", "", " x", "a\nb"])
    def test_impossible_ids(self, lab, zone_id):
        assert admin(lab, "POST", "zones", json.dumps({"id": zone_id}))[0] == 400

    def test_change_keeps_the_rest(self, lab):
        lab.kimono().configure(allowed_agents=["A"])
        assert lab.kimono().configure(require_secure=True)["allowed_agents"] == ["A"]
        assert lab.kimono().configure(allowed_agents=None)["allowed_agents"] is None

    def test_forget_agent(self, lab):
        lab.peer("A B").joined()
        assert admin(lab, "DELETE", "zones/Zone1/agents/A%20B") == (200, {"forgotten": 1})
        assert admin(lab, "DELETE", "zones/Zone1/agents/A%20B")[0] == 404

    def test_reset(self, lab):
        lab.peer().joined()
        lab.kimono("Extra").create_zone()
        lab.kimono().configure(asleep=True)
        lab.kimono().fault("zone_asleep")
        lab.kimono().reset()
        zones = lab.kimono().zones()
        assert [(z["id"], z["asleep"], z["agents"]) for z in zones] == [("Zone1", False, []), ("Zone2", False, [])]
        assert lab.kimono().faults() == [] and lab.kimono().messages() == []

    def test_health(self, lab):
        health = lab.kimono().health()
        assert (health["status"], health["zones"]) == ("ok", ["Zone1", "Zone2"])
        assert health["listeners"] == [
            {"scheme": "http", "host": "127.0.0.1", "port": lab.listener.port, "url": lab.url}
        ]


class TestBadInput:
    @pytest.mark.parametrize(
        "path, body, told",
        [
            ("zones", "{", "JSON"),
            ("zones", "[]", "object"),
            ("zones", '{"id": 5}', "id"),
            ("zones/Zone1", '{"colour": 1}', "colour"),
            ("zones/Zone1", '{"asleep": "yes"}', "asleep"),
            ("zones/Zone1", '{"versions": ["9"]}', "versions"),
            ("zones/Zone1", '{"allowed_agents": "A"}', "allowed_agents"),
            ("zones/Zone1/requests", "{}", "object"),
            ("zones/Zone1/requests", '{"object": "X", "conditions": [1]}', "conditions"),
            ("zones/Zone1/requests", '{"object": "X", "conditions": [{"element": "a"}]}', "value"),
            (
                "zones/Zone1/requests",
                '{"object": "X", "conditions": [{"element": "a", "operator": "~", "value": "1"}]}',
                "operator",
            ),
            ("zones/Zone1/requests", '{"object": "X", "join": "Xor"}', "join"),
            ("zones/Zone1/requests", '{"object": "X", "max_buffer_size": -1}', "max_buffer_size"),
            ("zones/Zone1/requests", '{"object": "X", "version": 2}', "version"),
            ("faults", '{"fault": "fire"}', "fault"),
            ("faults", '{"fault": "slow"}', "seconds"),
            ("faults", '{"fault": "slow", "seconds": "NaN"}', "seconds"),
            ("faults", '{"fault": "http_500", "times": 0}', "times"),
            ("faults", '{"fault": "http_500", "agent": 5}', "agent"),
            ("certificate", '{"key": "x"}', "cert"),
            ("zones/Zone1", '{"name": "\\u0000"}', "name"),
            ("zones/Zone1/requests", '{"object": "\\ud800"}', "object"),
            ("zones/Zone1/requests", '{"object": "X", "conditions": [{"element": "a", "value": "\\u0001"}]}', "value"),
            ("faults", "[" * 100000, "JSON"),
        ],
    )
    def test_one_clear_sentence(self, lab, path, body, told):
        before = lab.kimono().zones(), lab.kimono().faults()
        status, answer = admin(lab, "POST", path, body)
        assert status == 400 and told in answer["error"] and "\n" not in answer["error"]
        assert (lab.kimono().zones(), lab.kimono().faults()) == before

    @pytest.mark.parametrize(
        "method, path, status",
        [
            ("GET", "nothing", 404),
            ("GET", "zones/Nope", 404),
            ("GET", "zones/Zone1/agents/Nope", 404),
            ("GET", "", 404),
            ("GET", "zones/Zone1/requests/Nope", 404),
            ("DELETE", "health", 405),
            ("PUT", "zones", 405),
            ("GET", "messages?limit=x", 400),
            ("GET", "messages?colour=x", 400),
            ("GET", "zones/Zone1/events?since=-1", 400),
        ],
    )
    def test_status(self, lab, method, path, status):
        found, answer = admin(lab, method, path)
        assert found == status and answer["error"]

    def test_a_defect_of_the_zis_is_answered_and_shown(self, lab, monkeypatch, capsys):
        monkeypatch.setattr(lab.zis.faults, "describe", lambda: 1 / 0)
        assert admin(lab, "GET", "faults") == (500, {"error": "ZeroDivisionError: division by zero"})
        assert "ZeroDivisionError" in capsys.readouterr().err

    def test_fault_in_unknown_zone(self, lab):
        with pytest.raises(KimonoError, match="there is no zone 'Nope'; zones: Zone1, Zone2"):
            lab.kimono("Nope").fault("zone_asleep")


class TestLog:
    def test_one_line_each_even_for_strangers_with_line_breaks(self, lab):
        lab.peer("Good").joined()
        lab.peer("Bad\nEvil 2026 é").register()
        lines = lab.output.getvalue().splitlines()
        assert len(lines) == 3
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z Zone1 Good SIF_Register Status 0 Pull, registration 1", lines[0])
        assert "Bad?Evil" in lines[2]

    def test_limit_and_filters(self, lab):
        peer = lab.peer().joined()
        for dummy in range(3):
            peer.system("SIF_Ping")
        log = lab.kimono().messages(limit=2)
        assert [(m["type"], m["outcome"]) for m in log] == [("SIF_Ping", "Status 1")] * 2 and log[0]["n"] + 1 == log[1][
            "n"
        ]
        assert len(lab.kimono().messages(type="SIF_Ping")) == 3 and lab.kimono().messages(agent="X") == []
        assert lab.kimono().messages(limit=0) == []

    def test_only_the_last_thousand_are_kept(self, lab):
        for number in range(1005):
            lab.zis.journal.write("Status 0", zone=str(number))
        kept = lab.kimono().messages(limit=5000)
        assert len(kept) == 1000 and kept[-1]["zone"] == "1004"
