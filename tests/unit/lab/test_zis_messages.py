# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registration, provision and system control, and every way in which they are refused."""

from __future__ import annotations

import pytest

from zis_peer import new_id, objects


def names(element, path):
    return sorted(o.get("ObjectName") for o in element.iterfind(path))


class TestRegistration:
    def test_registers_and_shows_in_the_admin_api(self, lab):
        peer = lab.peer("PowerSchool")
        assert peer.register(versions=("2.3", "2.*"), buffer=32000, name="PowerSchool Agent").code == 0
        agent = lab.kimono().agent("PowerSchool")
        assert (agent["name"], agent["mode"], agent["sleeping"], agent["sif_versions"], agent["max_buffer_size"]) == (
            "PowerSchool Agent",
            "Pull",
            False,
            ["2.3", "2.*"],
            32000,
        )
        assert (
            agent["register_count"] == 1 and agent["registered_at"] <= agent["last_register_at"] <= agent["last_seen"]
        )
        assert agent["protocol"] is None and agent["message_version"] == "2.3"

    def test_again_updates_keeps_the_queue_and_wakes(self, lab):
        peer = lab.peer().joined(provides=["StudentPersonal"])
        lab.kimono().request("StudentPersonal", wait=0)
        peer.system("SIF_Sleep")
        first = lab.kimono().agent("Agent")
        assert first["sleeping"] and first["queue_length"] == 1
        assert peer.register(buffer=5000).code == 0
        second = lab.kimono().agent("Agent")
        assert (second["register_count"], second["sleeping"], second["queue_length"], second["max_buffer_size"]) == (
            2,
            False,
            1,
            5000,
        )
        assert second["registered_at"] == first["registered_at"] and second["provides"] == ["StudentPersonal"]

    def test_zones_are_apart(self, lab):
        lab.peer(zone="Zone1").register()
        assert lab.peer(zone="Zone2").system("SIF_Ping").error == (4, 9)

    def test_unregister_forgets_agent_and_queue_but_counts_on(self, lab):
        peer = lab.peer().joined(provides=["StudentPersonal"])
        lab.kimono().request("StudentPersonal", wait=0)
        assert peer.say("SIF_Unregister").code == 0
        assert lab.kimono().agents() == []
        assert peer.system("SIF_Ping").error == (4, 9)
        peer.register()
        agent = lab.kimono().agent("Agent")
        assert (agent["register_count"], agent["queue_length"], agent["provides"]) == (2, 0, [])

    @pytest.mark.parametrize(
        "options, error",
        [
            (dict(versions=("1.1", "1.5r1")), (5, 4)),
            (dict(versions=("3.*",)), (5, 4)),
            (dict(versions=()), (1, 6)),
            (dict(buffer=100), (5, 6)),
            (dict(buffer="many"), (1, 4)),
            (dict(mode="Poll"), (1, 4)),
            (dict(name=""), (1, 6)),
            (dict(mode="Push"), (1, 6)),
            (dict(mode="Push", url="http://127.0.0.1:1/", protocol="FTP"), (5, 3)),
            (dict(mode="Push", url="somewhere"), (1, 4)),
            (dict(mode="Push", url="http://h:99999/"), (1, 4)),
        ],
    )
    def test_refused(self, lab, options, error):
        assert lab.peer().register(**options).error == error
        assert lab.kimono().agents() == []

    @pytest.mark.parametrize("source_id", ["Kimono", "LabZIS"])
    def test_ids_of_the_zis_are_taken(self, lab, source_id):
        assert lab.peer(source_id).register().error == (5, 2)

    def test_only_allowed_agents(self, lab):
        lab.kimono().configure(allowed_agents=["Good"])
        assert lab.peer("Bad").register().error == (4, 2)
        assert lab.peer("Good").register().code == 0

    def test_versions_of_the_zone(self, lab):
        lab.kimono().configure(versions=["2.0r1"])
        peer = lab.peer()
        assert peer.register().error == (12, 3)
        peer.version = "2.0r1"
        assert peer.register(versions=("2.3",)).error == (5, 4)
        assert peer.register(versions=("2.0r1",)).code == 0


class TestUnregistered:
    @pytest.mark.parametrize(
        "kind",
        [
            "SIF_Unregister",
            "SIF_Provision",
            "SIF_Provide",
            "SIF_Unprovide",
            "SIF_Subscribe",
            "SIF_Unsubscribe",
            "SIF_Request",
            "SIF_Response",
            "SIF_Event",
            "SIF_Ack",
            "SIF_Nonsense",
        ],
    )
    def test_every_message_is_4_9(self, lab, kind):
        assert lab.peer().say(kind).error == (4, 9)

    @pytest.mark.parametrize(
        "what", ["SIF_Ping", "SIF_GetMessage", "SIF_GetZoneStatus", "SIF_GetAgentACL", "SIF_Sleep", "SIF_Wakeup"]
    )
    def test_every_system_control_is_4_9(self, lab, what):
        assert lab.peer().system(what).error == (4, 9)


class TestProvision:
    def test_replaces_what_was_before(self, lab):
        peer = lab.peer().joined(provides=["SchoolInfo", "StudentPersonal"], subscribes=["LEAInfo"])
        peer.provision(provides=["StaffPersonal"])
        agent = lab.kimono().agent("Agent")
        assert (agent["provides"], agent["subscribes"], agent["responds"]) == (["StaffPersonal"], [], ["StaffPersonal"])

    def test_one_provider_per_object_and_nothing_half_done(self, lab):
        lab.peer("First").joined(provides=["StudentPersonal"])
        second = lab.peer("Second").joined()
        refused = second.provision(provides=["SchoolInfo", "StudentPersonal"])
        assert refused.error == (6, 4) and "First" in refused.extended
        assert lab.kimono().agent("Second")["provides"] == []
        assert second.say("SIF_Provide", objects(["StudentPersonal"])).error == (6, 4)

    def test_provide_and_unprovide(self, lab):
        peer = lab.peer().joined()
        assert peer.say("SIF_Provide", objects(["SchoolInfo", "LEAInfo"])).code == 0
        assert peer.say("SIF_Provide", objects(["SchoolInfo"])).code == 0
        assert peer.say("SIF_Unprovide", objects(["LEAInfo"])).code == 0
        assert lab.kimono().agent("Agent")["provides"] == ["SchoolInfo"]
        assert peer.say("SIF_Unprovide", objects(["LEAInfo"])).error == (6, 5)

    def test_subscribe_and_unsubscribe(self, lab):
        peer = lab.peer().joined()
        assert peer.say("SIF_Subscribe", objects(["SchoolInfo", "LEAInfo"])).code == 0
        assert peer.say("SIF_Unsubscribe", objects(["LEAInfo"])).code == 0
        assert lab.kimono().agent("Agent")["subscribes"] == ["SchoolInfo"]
        assert peer.say("SIF_Unsubscribe", objects(["LEAInfo"])).error == (7, 4)

    @pytest.mark.parametrize("kind", ["SIF_Provide", "SIF_Subscribe"])
    def test_needs_objects(self, lab, kind):
        peer = lab.peer().joined()
        assert peer.say(kind).error == (1, 6)
        assert peer.say(kind, "<SIF_Object/>").error == (1, 6)

    def test_objects_of_the_zone(self, lab):
        peer = lab.peer().joined()
        lab.kimono().configure(objects=["SchoolInfo"])
        assert peer.provision(provides=["StudentPersonal"]).error == (4, 3)
        assert peer.provision(subscribes=["StudentPersonal"]).error == (4, 4)
        assert peer.request("StudentPersonal").error == (4, 5)
        assert peer.event("StudentPersonal").error == (4, 7)
        assert peer.provision(provides=["SchoolInfo"]).code == 0
        assert names(peer.system("SIF_GetAgentACL").data, "SIF_ProvideAccess/SIF_Object") == ["SchoolInfo"]


class TestSystemControl:
    def test_ping(self, lab):
        peer = lab.peer().joined()
        assert peer.system("SIF_Ping").code == 1

    def test_zone_status(self, lab):
        peer = lab.peer("A &amp; B").joined(provides=["SchoolInfo"], subscribes=["LEAInfo"])
        lab.kimono().configure(name="Zone <1>")
        status = peer.system("SIF_GetZoneStatus").data
        assert (status.tag, status.get("ZoneId"), status.findtext("SIF_Name")) == (
            "SIF_ZoneStatus",
            "Zone1",
            "Zone <1>",
        )
        assert status.findtext("SIF_Vendor/SIF_Name") and status.findtext("SIF_Vendor/SIF_Product")
        assert status.find("SIF_Providers/SIF_Provider").get("SourceId") == "A & B"

    def test_zone_status_lists_nodes_with_mode_and_sleep(self, lab):
        provider = lab.peer("Sis").joined(provides=["SchoolInfo"])
        pusher = lab.peer("Pusher")
        pusher.register(mode="Push", url="http://127.0.0.1:1/push")
        pusher.provision(subscribes=["SchoolInfo"])
        provider.system("SIF_Sleep")
        status = pusher.system("SIF_GetZoneStatus").data
        nodes = {n.findtext("SIF_SourceId"): n for n in status.iterfind("SIF_SIFNodes/SIF_SIFNode")}
        assert set(nodes) == {"Sis", "Pusher", "Kimono"}
        assert [nodes["Sis"].findtext(t) for t in ("SIF_Mode", "SIF_Sleeping")] == ["Pull", "Yes"]
        assert [nodes["Pusher"].findtext(t) for t in ("SIF_Mode", "SIF_Sleeping")] == ["Push", "No"]
        assert nodes["Pusher"].findtext("SIF_Protocol/SIF_URL") == "http://127.0.0.1:1/push"
        assert names(status, "SIF_Providers/SIF_Provider[@SourceId='Sis']/SIF_ObjectList/SIF_Object") == ["SchoolInfo"]
        assert names(status, "SIF_Subscribers/SIF_Subscriber[@SourceId='Pusher']/SIF_ObjectList/SIF_Object") == [
            "SchoolInfo"
        ]
        assert status.findtext("SIF_SupportedProtocols/SIF_Protocol/SIF_URL") == f"{lab.url}/Zone1"
        assert "2.3" in [v.text for v in status.iterfind("SIF_SupportedVersions/SIF_Version")]

    def test_zone_status_by_request(self, lab):
        peer = lab.peer().joined()
        request_id = new_id()
        assert peer.request("SIF_ZoneStatus", msg_id=request_id).code == 0
        response = peer.pull().find("SIF_Response")
        assert response.findtext("SIF_RequestMsgId") == request_id
        assert response.find("SIF_ObjectData/SIF_ZoneStatus").get("ZoneId") == "Zone1"

    def test_sleep_and_wakeup(self, lab):
        peer = lab.peer().joined()
        assert peer.system("SIF_Sleep").code == 0
        assert lab.kimono().agent("Agent")["sleeping"]
        assert peer.system("SIF_Wakeup").code == 0
        assert not lab.kimono().agent("Agent")["sleeping"]

    def test_zone_asleep(self, lab):
        peer = lab.peer().joined()
        lab.kimono().configure(asleep=True)
        assert peer.system("SIF_Ping").code == 8
        assert peer.register().code == 8
        assert peer.system("SIF_GetMessage").code == 8
        lab.kimono().configure(asleep=False)
        assert peer.system("SIF_Ping").code == 1

    def test_reading_changes_nothing(self, lab):
        peer = lab.peer().joined(provides=["StudentPersonal"])
        lab.kimono().request("StudentPersonal", wait=0)
        before, queue = lab.kimono().agent("Agent"), lab.kimono().queue("Agent")
        for what in ("SIF_Ping", "SIF_GetZoneStatus", "SIF_GetAgentACL"):
            assert peer.system(what).error is None
        after = lab.kimono().agent("Agent")
        for name in ("last_seen", "last_message"):
            del before[name], after[name]
        assert (after, lab.kimono().queue("Agent")) == (before, queue)
        assert queue[0]["deliveries"] == 0

    def test_unknown(self, lab):
        peer = lab.peer().joined()
        assert peer.system("SIF_Dance").error == (12, 2)
        assert peer.say("SIF_SystemControl").error == (12, 2)
        assert peer.say("SIF_Nonsense").error == (12, 2)
