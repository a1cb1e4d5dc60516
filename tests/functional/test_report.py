# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report through its playbook: 120 districts, some of them asked for real, others by the documents they sent, some out of reach."""

from __future__ import annotations

import datetime
import json
import re
import sys

import pytest
from conftest import CANVAS, STORE_PASSWORD
from lab import COLLECTION, Agent, Plays, Zis

sys.path.insert(0, str(COLLECTION / "tests" / "unit"))
from report_districts import AT, EARLIER, WRONG, document, shifted  # noqa: E402  (made-up districts, which the unit tests use, too)

REPORT = "k12.sif.report"
NOW = datetime.datetime.now(datetime.timezone.utc)
DAYS = (NOW.date() - datetime.date.fromisoformat(AT[:10])).days
WEEK_AGO = shifted(EARLIER, DAYS)
TOMORROW = shifted(AT, DAYS + 1)
# An ssh that behaves as with a host that is down, and as with one that goes down after the first question.
DOWN = """#!/bin/sh
echo "ssh: connect to host $0 port 22: Connection timed out" >&2
exit 255
"""
LOST = DOWN.replace("echo", 'case "$*" in *"exit 0"*) exit 0 ;; esac\necho', 1)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def zis(directory, authority):
    zis = Zis(directory, [CANVAS], authority.cert, authority.key)
    yield zis
    zis.stop()


@pytest.fixture(scope="module")
def agent(directory, program):
    agent = Agent(directory / "agent", program.jar, program.java_home)
    yield agent
    agent.kill()


@pytest.fixture(scope="module")
def plays(directory):
    return Plays(directory)


@pytest.fixture(scope="module")
def shared():
    return {}


@pytest.fixture
def region(shared, request, directory, plays, agent, zis):
    """The inventory of 120 districts: real ones on one connected lab agent, hosted ones, ones out of reach, and documents."""
    if "region" not in shared:
        # Once: it gives the agent a trust store as it was delivered.
        https_district = request.getfixturevalue("https_district")
        connected = plays.run("k12.sif.connect", {"maple": https_district})
        assert connected.status == 0, connected.output
        push = agent.directory / "push.cfg"
        text, count = re.subn('value="Pull"', 'value="Push"', agent.config.read_text(encoding="utf-8"))
        assert count, text
        push.write_text(text, encoding="utf-8")
        for name, script in (("down", DOWN), ("lost", LOST)):
            (directory / name).write_text(script)
            (directory / name).chmod(0o755)
        no_method = {key: value for key, value in https_district.items() if key != "sif_agent_method"}
        hosts = {
            "maple": {**https_district, "sif_district_name": "Maple <i>Schools</i>", "sif_agent_powerschool_url": "https://sis.example.org"},
            "push": {**https_district, "sif_agent_config_path": str(push), "sif_agent_directory": str(agent.directory)},
            "no-file": {**https_district, "sif_agent_config_path": "/nowhere/agent.cfg"},
            "no-method": no_method,
            "bad-url": {**https_district, "sif_agent_powerschool_url": "no url", "sif_district_name": "Bad Url"},
            "down": {**https_district, "ansible_connection": "ssh", "ansible_ssh_executable": str(directory / "down")},
            "lost": {**https_district, "ansible_connection": "ssh", "ansible_ssh_executable": str(directory / "lost")},
            "damaged": {"sif_report_document": str(directory / "damaged.json")},
            "other": {"sif_report_document": str(directory / "district-1.json")},
            "old": {"sif_report_document": str(directory / "old.json")},
        }
        (directory / "damaged.json").write_text("{", encoding="utf-8")
        (directory / "old.json").write_text(json.dumps(document("old", at="2020-01-01T00:00:00Z")), encoding="utf-8")
        for number in range(12):
            hosts[f"hosted-{number}"] = {"sif_agent_powerschool_url": f"https://d{number}.powerschool.com", "sif_agent_school_year": "current"}
        # The ZIS has the lab agent under this id, whoever hosts it. Its certificate is of a private CA.
        seen = {name: https_district[name] for name in ("sif_agent_zis_url", "sif_agent_zone_id", "sif_agent_id")}
        ca = request.getfixturevalue("authority").ca
        hosts["hosted-0"].update(seen, sif_agent_certificates=[{"content": ca.read_text()}])
        hosts["hosted-1"].update(seen, sif_agent_certificates=[{"file": str(ca)}], sif_agent_id="Nobody")
        hosts["hosted-2"].update(seen)
        hosts["hosted-3"].update(seen, sif_agent_certificates=[{"file": "/nowhere/ca.pem"}])
        hosts["hosted-4"].update(hosts["hosted-0"], sif_agent_zis_url=f"{zis.http}/{CANVAS}")
        for number in range(98):
            name = f"district-{number}"
            path = directory / f"{name}.json"
            text = json.dumps(document(name, at=EARLIER, **WRONG.get(number, {})))
            path.write_text(shifted(text, DAYS), encoding="utf-8")
            hosts[name] = {"sif_report_document": str(path)}
        assert len(hosts) == 120
        shared["region"] = hosts
    return shared["region"]


@pytest.fixture
def reported(shared, region, plays, directory):
    """The first report, made once."""
    if "reported" not in shared:
        shared["reported"] = plays.run(REPORT, region, "--forks", "8", "-e", f"sif_report_directory={directory / 'out'}")
    return shared["reported"]


def districts(directory):
    data = json.loads((directory / "report.json").read_text(encoding="utf-8"))
    return data, {item["host"]: item for item in data["districts"]}


def test_120_districts_are_in_one_report_whatever_goes_wrong_with_some(reported, region, directory, agent):
    assert reported.status == 0, reported.output
    data, found = districts(directory / "out")
    assert set(found) == set(region)
    problems = {number for number, results in WRONG.items() if "fail" in results.values()} & set(range(98))
    assert data["totals"] == {"problem": 2 + len(problems), "unchecked": 7, "waiting": 10, "connected": 3 + 98 - len(problems)}
    assert found["maple"]["state"] == "connected" and {check["result"] for check in found["maple"]["checks"]} == {"pass", "skipped"}
    assert (found["push"]["state"], found["no-file"]["state"]) == ("problem", "problem")
    assert "mode" in [check["name"] for check in found["push"]["checks"] if check["result"] == "fail"]
    assert {host: found[host]["brief"] for host in ("no-method", "bad-url", "down", "lost", "damaged", "other", "old")} == {
        "no-method": "Could not be checked", "bad-url": "Could not be checked", "down": "Cannot be reached", "lost": "Cannot be reached",
        "damaged": "Could not be checked", "other": "Document of another district", "old": "Not checked for long",
    }  # fmt: skip
    assert found["no-method"]["reason"] == "missing required arguments: sif_agent_method"
    assert found["bad-url"]["reason"].startswith("k12.sif.cloud_hosted: 'no url' has blanks") and found["bad-url"]["name"] == "Bad Url"
    assert "Connection timed out" in found["down"]["reason"]
    assert (found["district-1"]["checked_now"], found["district-1"]["checked_at"]) == (False, WEEK_AGO)
    assert found["hosted-5"]["hosted"] and found["hosted-5"]["state"] == "waiting"


def test_a_hosted_district_is_asked_of_the_zis_with_the_certificates_of_the_inventory(reported, directory):
    found = districts(directory / "out")[1]
    assert [found[f"hosted-{number}"]["state"] for number in range(5)] == ["connected", "waiting", "waiting", "waiting", "connected"]
    assert found["hosted-0"]["hosted"] and not found["hosted-0"]["certificates"]
    told = [found[f"hosted-{number}"]["reason"].partition("; ")[2] for number in range(1, 4)]
    assert told[0].startswith("asked from here, the ZIS does not confirm it: ") and "certificate" not in told[0], "it was let in, and is unknown"
    assert "does not confirm it: " in told[1] and "certificate" in told[1], "the controller's Python does not trust the lab's CA"
    assert told[2].startswith("the ZIS could not be asked from here: certificates[0]: file /nowhere/ca.pem on the controller cannot be read")


def test_what_was_learned_of_an_agent_stands_in_the_report(reported, directory):
    found = districts(directory / "out")[1]
    assert {item["where"] for item in found["maple"]["certificates"]} == {"presented by the ZIS", "in the agent's trust store"}
    assert found["maple"]["school_year"]["shared"] == "2026-2027"


def test_the_files_lie_beside_each_other_and_hold_no_secret(reported, region, directory):
    for name in ("report.html", "report.csv", "report.json"):
        path = directory / "out" / name
        assert path.stat().st_mode & 0o777 == 0o640
        assert STORE_PASSWORD not in path.read_text(encoding="utf-8")
    page = (directory / "out" / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n")
    assert "Maple &lt;i&gt;Schools&lt;/i&gt;" in page and "<i>" not in page
    assert len((directory / "out" / "report.csv").read_text(encoding="utf-8").splitlines()) == 121
    assert set(reported.changed) == {"Make the folder of the report", "Write the report"}
    assert str(directory / "out" / "report.html") in reported.output and "120 districts: " in reported.output


def test_a_limited_report_keeps_the_others_and_tells_what_changed(reported, region, plays, directory, agent):
    out = directory / "out"
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    mended = {**region, "push": {**region["push"], "sif_agent_config_path": str(agent.config)}}
    options = ("--limit", "push,down", "-e", f"sif_report_directory={out}", "-e", f"sif_report_at={TOMORROW}")
    result = plays.run(REPORT, mended, *options, "--check", "--diff")
    assert result.status == 0, result.output
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert re.search(r"^\+push,.*,Connected,", result.output, flags=re.MULTILINE), "check mode shows the rows that would change"

    for again in (False, True):
        result = plays.run(REPORT, mended, *options)
        data, found = districts(out)
        assert (result.status, len(found), data["asked"]) == (0, 120, 2)
        assert [(item["kind"], item["text"], item["districts"][0]["host"]) for item in data["changes"]] == [
            ("better", "Problem \u2192 Connected", "push")
        ], "made once more for the same moment, it is compared with the same report" if again else ""
        assert not found["maple"]["checked_now"] and found["maple"]["state"] == "connected" and found["push"]["checked_now"]
    assert "2 of 120 districts were asked for this report" in (out / "report.html").read_text(encoding="utf-8")


def test_a_report_on_no_host_is_an_error(plays, region, directory):
    hosts = {"maple": region["maple"]}
    result = plays.run(REPORT, hosts, "-e", "sif_hosts=nobody", "-e", f"sif_report_directory={directory / 'none'}")
    assert result.status == 2 and len(result.failures) == 1
    assert result.failures[0].startswith("There is no host to work on: nobody has 0 hosts") and "Remedy" in result.failures[0]
    assert not (directory / "none").exists()


def test_wrong_input_is_said_before_any_host_is_asked(reported, plays, region, directory):
    damaged = directory / "other.json"
    damaged.write_text('{"format": "other"}', encoding="utf-8")
    broken = directory / "broken.json"
    data = json.loads((directory / "out" / "report.json").read_text(encoding="utf-8"))
    data["districts"][0]["certificates"] = [{}]
    broken.write_text(json.dumps(data), encoding="utf-8")
    place = f"districts[0] ({data['districts'][0]['host']}).certificates[0] has no where"
    for option, words in (
        (f"sif_report_last={broken}", f"{broken} cannot be read: {place}. Remedy: move it away"),
        ("sif_report_max_age_days=many", "max_age_days is 'many', which is no number of days. Remedy: "),
        (f"sif_report_last={damaged}", f"{damaged} cannot be read: it holds no data of the playbook k12.sif.report. Remedy: move it away"),
        (f"sif_report_last={directory / 'missing.json'}", f"There is no {directory / 'missing.json'}. Remedy"),
        ("sif_report_at=yesterday", "'yesterday' is no moment in UTC"),
    ):
        result = plays.run(REPORT, {"maple": region["maple"]}, "-e", option, "-e", f"sif_report_directory={directory / 'none'}")
        assert result.status == 2 and words in result.output, result.output
        assert not (directory / "none").exists() and "Run the checks" not in result.output


def test_the_exit_status_can_tell_that_somebody_is_needed(plays, region, directory):
    hosts = {"down": region["down"], "hosted-1": region["hosted-6"]}
    out = directory / "strict"
    options = ("-e", "sif_report_fail=true", "-e", f"sif_report_directory={out}")
    result = plays.run(REPORT, hosts, *options)
    assert result.status == 2 and result.failures[-1].startswith("1 district has a problem or could not be checked: down.")
    assert districts(out)[0]["totals"]["unchecked"] == 1, "the report is written all the same"
    assert plays.run(REPORT, hosts, *options, "--limit", "hosted-1").status == 2, "what is wrong outside of the limit is wrong still"
    assert plays.run(REPORT, {"hosted-1": hosts["hosted-1"]}, *options).status == 0
