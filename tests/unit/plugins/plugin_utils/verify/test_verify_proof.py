# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ZIS's word counts when it is about the agent's present process, and not when it may be about an earlier one."""

from __future__ import annotations

import copy

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._verify.proof import proof

AGENT = {"source_id": "SIS", "mode": "Pull", "sleeping": False}
PROVIDERS = [{"source_id": "SIS", "objects": ["StudentPersonal"]}]
NOW = {"connected": True, "registered": True, "agent": AGENT, "providers": PROVIDERS, "failure": None}
UNLISTED = {**NOW, "connected": False, "providers": [], "failure": {"class": "agent", "reason": "no_providers"}}
FORGOTTEN = {"registered": False, "agent": None, "providers": None}
ASLEEP = {"registered": True, "agent": {**AGENT, "sleeping": True}, "providers": PROVIDERS}
AWAKE = {"registered": True, "agent": AGENT, "providers": PROVIDERS}
LOG = {"path": "/log", "error": None, "covers_start": True, "findings": [], "registered": ["CANVAS"], "provisioned": ["CANVAS"]}
PROCESS = {"started_at": 1000.0, "started_unknown": None, "log": LOG}


def with_log(**changes):
    return {**PROCESS, "log": {**LOG, **changes}}


def finding(code, zones=("CANVAS",), resolved=False):
    return {"code": code, "excerpt": f"words of {code}", "zones": list(zones), "resolved": resolved}


def judge(provides=True, waited=0.0, **given):
    known = copy.deepcopy({"zone": NOW, "absent": AWAKE, "process": PROCESS, **given})
    return proof(known["zone"], known["absent"], known["process"], "CANVAS", provides, waited)


@pytest.mark.parametrize(
    ("absent", "provides"),
    [
        (FORGOTTEN, True),
        ({**ASLEEP, "providers": []}, True),
        ({**ASLEEP, "providers": [{"source_id": "SIS", "objects": ["SchoolInfo"]}]}, True),
        (ASLEEP, False),
        ({**AWAKE, "agent": {**AGENT, "mode": "Push"}, "providers": []}, True),
    ],
)
def test_what_the_zis_did_not_say_while_the_agent_was_stopped_is_new(absent, provides):
    found = judge(absent=absent, provides=provides, process={})
    assert (found.connected, found.needs_log, found.doubt) == (True, False, "")


@pytest.mark.parametrize("absent", [ASLEEP, AWAKE, {}, {"registered": None, "agent": None, "providers": None}])
def test_all_else_is_left_to_the_log(absent):
    assert judge(absent=absent, process={})[:3] == (False, True, False)
    assert judge(absent=absent)[:4] == (True, True, True, "")
    assert judge(absent=absent, process=with_log(registered=["CANVAS_2"], provisioned=["CANVAS_2"])).doubt


@pytest.mark.parametrize("absent", [ASLEEP, AWAKE])
def test_a_registration_without_provision_is_waited_for_and_not_accepted(absent):
    found = judge(absent=absent, process=with_log(provisioned=[]))
    assert (found.connected, found.settled) == (False, False) and "SIF_Provision" in found.doubt and found.remedy
    assert judge(absent=absent, process=with_log(provisioned=[]), provides=False).connected


@pytest.mark.parametrize("code", ["provide_denied", "provision_refused", "other_provider"])
def test_a_refused_provision_settles_it(code):
    for log in ({"provisioned": []}, {}):
        found = judge(absent=ASLEEP, process=with_log(findings=[finding(code)], **log))
        assert (found.connected, found.settled) == (False, True) and f"words of {code}" in found.doubt
    assert judge(absent=ASLEEP, process=with_log(findings=[finding(code, resolved=True)])).connected
    assert judge(absent=ASLEEP, process=with_log(findings=[finding(code, zones=["CANVAS_2"])])).connected


def test_another_error_does_not_speak_against_a_success():
    assert judge(process=with_log(findings=[finding("field_rule")])).connected
    assert not judge(process=with_log(registered=[], provisioned=[], findings=[finding("untrusted", zones=[])])).connected


UNUSABLE = {
    "not readable": with_log(error="Permission denied"),
    "start not known": {**PROCESS, "started_at": None, "started_unknown": "no /proc"},
    "no times": with_log(covers_start=None, registered=[], provisioned=[]),
    "module failed": {"msg": "no Python"},
    "another style": with_log(registered=[], provisioned=[]),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_without_a_log_a_new_registration_counts_with_a_doubt_and_an_old_one_does_not(name):
    fresh = judge(absent=ASLEEP, process=UNUSABLE[name], waited=9)
    assert (fresh.connected, fresh.settled) == (True, True) and fresh.doubt and "sif_agent_log_path" in fresh.remedy
    stale = judge(absent=AWAKE, process=UNUSABLE[name], waited=9)
    assert (stale.connected, stale.settled) == (False, False) and "before the start" in stale.doubt and "sif_agent_log_path" in stale.remedy


def test_a_zis_that_lists_no_providers_needs_the_log():
    assert judge(zone=UNLISTED, absent=FORGOTTEN, process={})[:2] == (False, True)
    assert judge(zone=UNLISTED, absent=FORGOTTEN).connected
    found = judge(zone=UNLISTED, absent=FORGOTTEN, process=with_log(error="No such file"))
    assert not found.connected and "sif_agent_provides" in found.remedy


def test_an_agent_that_the_zis_does_not_confirm_is_not_connected_whatever_the_log_says():
    zone = {**NOW, "connected": False, "failure": {"class": "agent", "reason": "not_a_provider"}}
    assert judge(zone=zone)[:2] == (False, False)
    assert judge(zone={"msg": "wrong password"})[:2] == (False, False)
