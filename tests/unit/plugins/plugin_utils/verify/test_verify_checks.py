# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks, on facts that come from the real reader and planner where they can."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import pathlib

import pytest
import yaml
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import plan
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.trust import trust_stores
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.validation import problems
from ansible_collections.k12.sif.plugins.plugin_utils._verify.checks import connection_checks, report
from ansible_collections.k12.sif.plugins.plugin_utils._verify.summary import summary
from ansible_collections.k12.sif.plugins.plugin_utils._verify.table import table

COLLECTION = pathlib.Path(__file__).resolve().parents[5]
EXAMPLE = (COLLECTION / "roles" / "sif_lab" / "files" / "agent" / "example-agent.cfg").read_bytes()
LAB = yaml.safe_load((COLLECTION / "plugins" / "plugin_utils" / "_agent_cfg" / "profiles" / "lab.yml").read_text())
TODAY = datetime.date(2026, 11, 24)
URL = "https://zis.example.org/CANVAS"
STORE, KEY_STORE = "/etc/sif/Kimono.ks", "/etc/sif/Agent.ks"
MAPPING = '<object object="StudentPersonal"><field name="HOMEROOM">SIF_ExtendedElements/SIF_ExtendedElement</field></object>'
DESIRED = {
    "agent_id": "SIS",
    "transports": [{"protocol": "https", "properties": {"trustStore": STORE, "keyStore": KEY_STORE}}],
    "zones": [
        {
            "id": "CANVAS", "url": URL, "mode": "pull", "method": "https", "school_year": "current", "smp": False,
            "schools": {"known": [{"number": "1"}, {"number": "2"}], "exclude": ["2"]},
        }
    ],
    "mappings": [{"fragment": MAPPING}],
}
CONNECTED = plan(Document.parse(EXAMPLE), DESIRED, LAB, today=TODAY).content
STARTED = 1795481133.0
AGENT = {"source_id": "SIS", "mode": "Pull", "sleeping": False}
ZONE = {
    "reachable": True, "ready": True, "registered": True, "connected": True, "failure": None, "agent": AGENT,
    "zone": {"id": "CANVAS", "name": None, "state": "ready"}, "zis": {"name": "ZIS", "product": None, "version": None},
    "trust": {"source": "trusted_certificates"}, "providers": [{"source_id": "SIS", "objects": ["StudentPersonal"]}],
}


def config_of(content):
    loaded = load(content, {})
    return {
        "loads": loaded.loads,
        "problems": [problem.as_dict() for problem in problems(loaded, {})],
        "effective": loaded.effective,
        "trust_stores": trust_stores(loaded.effective, {}, "/jre", "/opt/sif") if loaded.effective else [],
    }


def plan_of(content, desired):
    return {"changes": [dataclasses.asdict(change) for change in plan(Document.parse(content), desired, LAB, today=TODAY).changes]}


def facts(content=CONNECTED):
    """What is learned of a healthy agent with this agent.cfg."""
    try:
        planned = plan_of(content, DESIRED)
        other = plan_of(content, {"zones": [{"id": "STATE_REPORTING", "smp": False}]})
    except Exception as error:  # what the module tells when it fails
        planned = other = {"failed": True, "msg": str(error)}
    return {
        "wanted": {
            "zis_url": URL, "zone_id": "CANVAS", "method": "HTTPS", "school_year": "current", "school_year_starts": None,
            "schools": DESIRED["zones"][0]["schools"], "smp": False, "mappings": DESIRED["mappings"], "certificates": 1,
            "trust_store": STORE, "provides": True, "expiry_days": 30,
        },
        "config": config_of(content),
        "plan": planned,
        "other_smp": other,
        "chain": {
            "chain": [{"subject": "CN=zis", "issuer": "CN=ca", "not_after": "2027-02-01", "days_left": 69}], "chain_pem": "x"
        },
        "store": {
            "verification": {"verified": True, "reason": "trusted", "anchor": "ca"},
            "entries": [{"alias": "ca", "subject": "CN=ca", "days_left": 900, "not_after": "2029-05-12"}, {"alias": "secret"}],
        },
        "store_plan": {"changes": [], "aliases": ["ca"]},
        "zone": copy.deepcopy(ZONE),
        "process": {
            "running": True, "status": "systemd says active (running)", "pid": 7, "started_at": STARTED, "started_unknown": None,
            "files": [
                {"path": path, "exists": True, "changed_at": STARTED - 5, "error": None}
                for path in ("/opt/sif/agent.cfg", STORE, KEY_STORE)
            ],
            "log": {
                "path": "/opt/sif/logs/agent.log", "error": None, "records": 9, "covers_start": True, "findings": [],
                "registered": ["CANVAS"], "provisioned": ["CANVAS"],
            },
        },
    }


def judged(data, today=TODAY):
    return {check.name: check for check in connection_checks(data, LAB, today)}


def failing(data, **options):
    return {name for name, check in judged(data, **options).items() if check.result == "fail"}


def test_a_healthy_agent():
    found = judged(facts())
    assert {check.result for check in found.values()} == {"pass"}, found
    assert not any(check.remedy for check in found.values())
    assert "on in STATE_REPORTING" in found["smp"].evidence


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b'url="https://zis', b'url="https://zis2', {"zis_url"}),
        (b'zone id="CANVAS"', b'zone id="Canvas"', {"zone_id"}),
        (b'<school number="1"/>', b'<school number="1"/><school number="2"/>', {"schools"}),
        (b"</agent>", b"", {"agent_cfg"}),
        (b'<field name="HOMEROOM">SIF_ExtendedElements/SIF_ExtendedElement</field>', b"", {"mappings"}),
        (b'<agent id="SIS"', b'<agent id="SIS2"', {"settings"}),
    ],
)
def test_wrong_settings_are_named(old, new, expected):
    assert old in CONNECTED
    data = facts(CONNECTED.replace(old, new))
    assert failing(data) == expected, judged(data)


RULE = "SIF_ExtendedElements/SIF_ExtendedElement"


def nested(filters, rule="LocalId", within="{0}", name="HOMEROOM"):
    """agent.cfg with other mappings inside the default ones."""
    inner = f'<mappings id="N" {filters}><object object="StudentPersonal"><field name="{name}">{rule}</field></object></mappings>'
    position = CONNECTED.rindex(b"</mappings>")
    return CONNECTED[:position] + within.format(inner).encode() + CONNECTED[position:]


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (nested('zoneId="CANVAS"'), "fail"),
        (nested('zoneId="STATE_REPORTING,CANVAS"'), "fail"),
        (nested('sourceId="SIS"'), "fail"),
        (nested('sifVersion="2.3"', within='<mappings id="M" zoneId="OTHER">{0}</mappings>'), "fail"),
        (nested('zoneId="STATE_REPORTING"'), "pass"),
        (nested('zoneId="CANVAS" sourceId="OTHER"'), "pass"),
        (nested('sifVersion="2.4"'), "pass"),
        (nested(""), "pass"),
        (nested('zoneId="CANVAS"', rule=RULE), "pass"),
        (nested('zoneId="CANVAS"', name="LASTNAME"), "pass"),
        (nested('zoneId="CANVAS"', within='{0}<mappings id="O" zoneId="CANVAS" sourceId="SIS"/>'), "pass"),
    ],
)
def test_a_mapping_that_nested_ones_win_over_has_no_effect(content, result):
    found = judged(facts(content))["mappings"]
    assert found.result == result, found
    if result == "fail":
        assert "StudentPersonal/HOMEROOM" in found.evidence and "N is used" in found.evidence and found.remedy


def test_a_missing_agent_cfg_fails_once_and_leaves_the_rest_unknown():
    data = facts()
    data["config"] = data["plan"] = {"failed": True, "msg": "There is no file /opt/x on this host."}
    found = judged(data)
    assert failing(data) == {"agent_cfg"} and "/opt/x" in found["agent_cfg"].evidence
    assert {found[name].result for name in ("zone_id", "zis_url", "mode", "method", "mappings", "smp", "settings")} == {"unknown"}


def test_a_plan_that_is_impossible_is_no_success():
    data = facts()
    data["plan"] = {"failed": True, "msg": "the profile powerschool does not know where the product keeps the school year"}
    found = judged(data)
    for name in ("school_year", "schools", "smp", "mappings", "settings"):
        assert (found[name].result, "powerschool does not know" in found[name].evidence) == ("unknown", True), found[name]


def test_a_problem_of_the_zone_warns_and_one_of_another_zone_does_not():
    data = facts()
    problem = {"severity": "warning", "code": "x", "line": 3, "message": "ignored", "remedy": "remove it"}
    data["config"]["problems"] = [dict(problem, location="agent/zone[@id='STATE_REPORTING']/property[@name='x']")]
    assert judged(data)["agent_cfg"].result == "pass"
    for place in ("agent/zone[@id='CANVAS']", "agent/property[@name='x']", "agent/mappings[@id='Default']"):
        data["config"]["problems"] = [dict(problem, location=place)]
        assert (judged(data)["agent_cfg"].result, judged(data)["agent_cfg"].remedy) == ("warn", "remove it")


def test_what_the_inventory_does_not_name_is_skipped():
    data = facts()
    data["wanted"].update(school_year=None, schools=None, smp=None, mappings=[])
    found = judged(data)
    assert {found[name].result for name in ("school_year", "schools", "smp", "mappings")} == {"skipped"}


def test_a_school_year_that_is_over_warns():
    data = facts()
    data["wanted"]["school_year"] = "2026-2027"
    assert judged(data, datetime.date(2027, 6, 30))["school_year"].result == "pass"
    assert judged(data, datetime.date(2027, 7, 1))["school_year"].result == "warn"
    data["wanted"]["school_year_starts"] = "08-15"
    assert judged(data, datetime.date(2027, 8, 14))["school_year"].result == "pass"


def test_a_plugin_that_is_wanted_warns():
    data = facts()
    data["wanted"]["smp"] = True
    assert judged(data)["smp"].result == "warn"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("store", "verification", "verified"), False, {"certificate": "fail"}),
        (("chain", "chain", 0, "days_left"), 29, {"certificate": "warn"}),
        (("chain", "chain", 0, "days_left"), 30, {"certificate": "pass"}),
        (("store", "entries", 0, "days_left"), 3, {"certificate": "warn"}),
        (("chain",), {"failed": True, "msg": "refused"}, {"certificate": "unknown"}),
        (("store",), {"failed": True, "msg": "wrong password"}, {"certificate": "unknown"}),
        (("store_plan", "changes"), [{"alias": "new-ca", "subject": "CN=new"}], {"trust_store": "fail"}),
        (("store_plan",), {"failed": True, "msg": "wrong password"}, {"trust_store": "unknown"}),
        (("wanted", "trust_store"), "/other.ks", {"trust_store": "fail"}),
        (("wanted", "certificates"), 0, {"trust_store": "pass"}),
        (("process", "files", 1, "exists"), False, {"trust_store": "fail"}),
        (("process", "files", 2, "exists"), False, {"key_store": "fail"}),
        (("process", "files", 2, "exists"), None, {"key_store": "unknown"}),
        (("process", "running"), False, {"agent_running": "fail"}),
        (("process", "running"), None, {"agent_running": "unknown"}),
        (("process",), {"failed": True, "msg": "no Python"}, {"agent_running": "unknown", "agent_restarted": "unknown", "log": "unknown"}),
        (("process", "files", 0, "changed_at"), STARTED + 2, {"agent_restarted": "fail"}),
        (("process", "files", 0, "changed_at"), STARTED + 0.5, {"agent_restarted": "pass"}),
        (("process", "started_at"), None, {"agent_restarted": "unknown"}),
        (("process", "files", 0, "error"), "Permission denied", {"agent_restarted": "unknown"}),
        (("process", "log", "error"), "No such file", {"log": "unknown"}),
        (("process", "log"), None, {"log": "unknown"}),
        (("zone",), {"skipped": True}, {"zis_reachable": "unknown", "registered": "unknown", "agent_awake": "unknown"}),
        (("zone", "registered"), None, {"registered": "unknown"}),
        (("zone", "agent", "mode"), "Push", {"registered_mode": "fail"}),
        (("zone", "agent", "sleeping"), True, {"agent_awake": "fail"}),
        (("zone", "providers"), [{"source_id": "OldSIS", "objects": ["StudentPersonal"]}], {"provides": "fail"}),
        (("zone", "providers"), [{"source_id": "SIS", "objects": []}], {"provides": "fail"}),
        (("zone", "agent", "sleeping"), None, {"agent_awake": "unknown"}),
        (("zone", "providers"), None, {"provides": "pass"}),
        (("wanted", "provides"), False, {"provides": "skipped"}),
        (("zone", "zone", "state"), "asleep", {"zone_ready": "fail"}),
        (("zone", "ready"), False, {"zone_ready": "unknown"}),
    ],
)
def test_each_fact_is_judged(path, value, expected):
    data = facts()
    target = data
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    found = judged(data)
    assert {name: found[name].result for name in expected} == expected, found


@pytest.mark.parametrize(("providers", "result"), [([], "fail"), (None, "unknown")])
@pytest.mark.parametrize("log", [{"provisioned": []}, {"provisioned": ["CANVAS_2"]}])
def test_a_zis_that_lists_no_providers_proves_nothing_by_itself(providers, result, log):
    data = facts()
    data["zone"]["providers"] = providers
    data["process"]["log"].update(log)
    assert judged(data)["provides"].result == result and judged(data)["provides"].remedy


CORE_UNKNOWN = {
    "agent_running": (("process", "running"), None),
    "certificate": (("store",), {"failed": True, "msg": "wrong password"}),
    "agent_awake": (("zone", "agent", "sleeping"), None),
    "registered": (("zone", "registered"), None),
    "zone_ready": (("zone", "ready"), False),
    "zis_reachable": (("zone",), {"failed": True, "msg": "wrong password"}),
}


@pytest.mark.parametrize("name", CORE_UNKNOWN)
def test_what_makes_a_connection_and_is_not_known_does_not_pass(name):
    path, value = CORE_UNKNOWN[name]
    data = facts()
    target = data
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    document = report("oak", list(judged(data).values()), datetime.datetime.now(datetime.timezone.utc))
    assert (document["passed"], document["failed"]) == (False, [])
    assert name in document["unproved"]


def test_what_is_not_known_beside_the_connection_passes():
    data = facts()
    data["plan"] = {"failed": True, "msg": "the profile does not know where the product keeps the school year"}
    document = report("oak", list(judged(data).values()), datetime.datetime.now(datetime.timezone.utc))
    assert (document["passed"], document["failed"], document["unproved"]) == (True, [], [])


def test_an_unreachable_zis_is_one_failure():
    data = facts()
    failure = {"class": "refused", "detail": "connection refused", "meaning": "nobody listens", "remedy": "start the ZIS"}
    data["zone"].update(reachable=False, ready=False, registered=None, agent=None, failure=failure)
    assert failing(data) == {"zis_reachable"}
    found = judged(data)["zis_reachable"]
    assert ("connection refused" in found.evidence, found.remedy) == (True, "start the ZIS")


def test_an_unknown_agent_is_not_registered():
    data = facts()
    failure = {"class": "sif_error", "category": 4, "code": 9, "detail": "SIF_Error 4/9", "meaning": "m", "remedy": "restart"}
    data["zone"].update(ready=False, registered=False, agent=None, failure=failure)
    data["zone"]["zone"]["state"] = "unknown"
    found = judged(data)
    assert failing(data) == {"registered"} and found["registered"].remedy == "restart"
    assert found["zone_ready"].result == "unknown"


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ({}, "fail"),
        ({"zones": []}, "fail"),
        ({"zones": ["STATE_REPORTING"]}, "warn"),
        ({"resolved": True}, "pass"),
    ],
)
def test_a_finding_of_the_log(change, result):
    data = facts()
    finding = {"code": "untrusted", "count": 2, "excerpt": "PKIX path building failed", "zones": ["CANVAS"], "resolved": False}
    data["process"]["log"]["findings"] = [{**finding, **change}]
    assert judged(data)["log"].result == result
    if result != "pass":
        assert "PKIX" in judged(data)["log"].evidence and judged(data)["log"].remedy


def test_a_finding_of_an_unknown_time_only_warns():
    data = facts()
    data["process"]["started_at"], data["process"]["started_unknown"] = None, "no /proc"
    finding = {"code": "untrusted", "count": 2, "excerpt": "PKIX path building failed", "zones": [], "resolved": False}
    data["process"]["log"]["findings"] = [finding]
    assert judged(data)["log"].result == "warn" and "no /proc" in judged(data)["log"].evidence


def test_plain_http_needs_no_certificate():
    content = plan(
        Document.parse(CONNECTED), {"zones": [{"id": "CANVAS", "url": "http://zis/C", "method": "http"}]}, LAB, today=TODAY
    ).content
    data = facts(content)
    data["wanted"].update(zis_url="http://zis/C", method="HTTP")
    found = judged(data)
    assert {found[name].result for name in ("trust_store", "certificate", "key_store")} == {"skipped"}
    assert (found["zis_url"].result, found["method"].result, found["method"].evidence) == ("pass", "pass", "HTTP with http://")


def test_method_http_with_an_https_url_is_healthy():
    content = plan(Document.parse(CONNECTED), {"zones": [{"id": "CANVAS", "method": "http"}]}, LAB, today=TODAY).content
    data = facts(content)
    assert any(problem["location"] == "agent[@id='SIS']/zone[@id='CANVAS']" for problem in data["config"]["problems"])
    data["wanted"].update(method="HTTP", trust_store=None)
    data["plan"] = plan_of(content, {**DESIRED, "zones": [{**DESIRED["zones"][0], "method": "http"}]})
    found = judged(data)
    assert {check.result for name, check in found.items() if name != "key_store"} == {"pass"}, found
    assert "/jre/lib/security/cacerts" in found["trust_store"].evidence and found["key_store"].result == "skipped"


def test_an_empty_key_store_in_the_file():
    old = f'name="keyStore" value="{KEY_STORE}"'.encode()
    assert old in CONNECTED
    check = judged(facts(CONNECTED.replace(old, b'name="keyStore" value=""')))["key_store"]
    assert check.result == "fail" and "'Keystore file not found'" in check.evidence and check.remedy


def test_a_wrong_school_year_of_the_inventory_is_an_error():
    data = facts()
    data["wanted"]["school_year"] = "2026/27"
    with pytest.raises(ValueError, match="write it like 2026-2027"):
        judged(data)


def test_report_and_table():
    good, bad = facts(), facts()
    bad["zone"]["agent"]["sleeping"] = True
    at = datetime.datetime(2026, 11, 24, 10, tzinfo=datetime.timezone.utc)
    reports = [report(name, connection_checks(data, LAB, TODAY), at) for name, data in (("good", good), ("bad", bad))]
    assert [(item["host"], item["passed"], item["failed"]) for item in reports] == [("good", True, []), ("bad", False, ["agent_awake"])]
    assert reports[0]["checked_at"] == "2026-11-24T10:00:00Z"
    lines = table(reports)
    assert lines[0].split()[:3] == ["HOST", "RESULT", "CHECK"]
    assert lines[1].split()[:3] == ["bad", "fail", "agent_awake"]
    column = lines[0].index("EVIDENCE")
    assert lines[2].startswith(" " * column + "Remedy: start the agent")
    assert all(line[:column].rstrip() == "" or line[column - 1] == " " for line in lines)
    assert max(map(len, lines)) <= column + 96
    assert sum(not line.startswith(" ") for line in lines) == 1 + 2 * len(reports[0]["checks"])


def test_the_summary_has_the_values_that_a_report_shows():
    found = summary(facts(), LAB, TODAY)
    assert (found["zone_id"], found["zis_url"], found["method"], found["lost"]) == ("CANVAS", URL, "HTTPS", False)
    assert found["school_year"] == {"wanted": "2026-2027", "shared": "2026-2027", "over": False}
    server, anchor = found["certificates"]
    assert server == {"where": "presented by the ZIS", "subject": "CN=zis", "not_after": "2027-02-01", "sha256": None}
    assert (anchor["where"], anchor["subject"], anchor["not_after"]) == ("in the agent's trust store", "CN=ca", "2029-05-12")


def test_the_summary_says_which_school_year_is_shared_and_nothing_it_does_not_know():
    data = facts()
    data["wanted"]["school_year"] = "2025-2026"
    data["plan"] = plan_of(CONNECTED, {"zones": [{**DESIRED["zones"][0], "school_year": "2025-2026"}]})
    assert summary(data, LAB, TODAY)["school_year"] == {"wanted": "2025-2026", "shared": "2026-2027", "over": True}
    data["plan"] = {"failed": True, "msg": "no"}
    assert summary(data, LAB, TODAY)["school_year"]["shared"] is None
    data["wanted"]["school_year"] = None
    assert summary(data, LAB, TODAY)["school_year"] == {"wanted": None, "shared": None, "over": None}


def test_the_summary_says_that_the_host_was_lost_and_of_plain_http_no_certificate():
    data = facts()
    data["zone"] = {"unreachable": True, "msg": "Connection timed out"}
    assert summary(data, LAB, TODAY)["lost"] is True
    data["wanted"]["zis_url"] = "http://zis.example.org/CANVAS"
    assert summary(data, LAB, TODAY)["certificates"] == []


def test_an_empty_text_is_a_variable_that_is_not_set():
    data, unset = facts(), ("school_year", "school_year_starts", "schools", "smp", "trust_store")
    data["wanted"].update(dict.fromkeys(unset, ""))
    found = judged(data)
    assert {found[name].result for name in ("school_year", "schools", "smp")} == {"skipped"}
    data["wanted"].update(dict.fromkeys(unset))
    assert judged(data) == found


def test_a_store_whose_place_is_not_known_is_unknown_with_what_makes_it_known():
    for given, remedy in (({"java_home": "/jre", "working_directory": None}, "sif_agent_directory"), ({"java_home": None}, "sif_agent_java_home")):
        data = facts()
        effective = data["config"]["effective"]
        if given["java_home"]:
            effective["transports"]["https"]["trust_store"] = "Trusted.ks"
        else:
            effective["transports"]["https"]["trust_store"] = None
        data["config"]["trust_stores"] = trust_stores(effective, {}, **given)
        found = judged(data)["trust_store"]
        assert (found.result, remedy in found.remedy) == ("unknown", True), found
