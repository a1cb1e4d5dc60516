# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to PowerSchool are written on the controller, and the hosts of hosted districts are never connected to."""

from __future__ import annotations

import pathlib
import re

import pytest
from conftest import CANVAS
from lab import COLLECTION

CONNECT, REQUEST = "k12.sif.connect", "k12.sif.request"
EXAMPLE = COLLECTION / "examples" / "hosted"
FOLDER = pathlib.Path("hosting-requests")


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_four_beats(tmp_path, plays, hosted):
    folder = tmp_path / FOLDER / "maple"
    check = plays.run(REQUEST, {"maple": hosted}, "--check", "--diff", "-vvv")
    assert check.status == 0, check.output
    assert len(check.changed) == 1 and "Connect the SIF agent of Maple School District" in check.output
    assert not folder.exists()

    first = plays.run(REQUEST, {"maple": hosted}, "--diff", "-vvv")
    assert (first.status, first.changed) == (0, check.changed), first.output
    written = content(folder)
    assert {"request.txt", "request.md", "request.html", "request.json", "mappings-Default.xml", "certificate-kimono.pem"} < set(written)
    assert f"{folder}: send request.txt" in first.output

    for options in (["--check", "--diff"], ["-vvv"]):
        again = plays.run(REQUEST, {"maple": hosted}, *options)
        assert (again.status, again.changed) == (0, []), again.output
    assert content(folder) == written
    for run in (check, first, again):
        assert run.module_executions == [], "the host was asked for something"
        assert "geheim" not in run.output
    assert not any(b"geheim" in text for text in written.values())


def test_files_that_no_longer_belong_to_the_request_go_and_others_stay(tmp_path, plays, hosted):
    folder = tmp_path / FOLDER / "maple"
    assert plays.run(REQUEST, {"maple": hosted}).status == 0
    (folder / "answer.eml").write_text("from PowerSchool")
    plain = {**hosted, "sif_agent_method": "HTTP", "sif_agent_zis_url": "http://zis.example.org/MAPLE_DISTRICT", "sif_agent_certificates": []}
    check = plays.run(REQUEST, {"maple": plain}, "--check")
    assert check.changed and (folder / "certificate-kimono.pem").exists()
    result = plays.run(REQUEST, {"maple": plain}, "--diff")
    assert (result.status, len(result.changed)) == (0, 1), result.output
    assert not (folder / "certificate-kimono.pem").exists() and (folder / "answer.eml").exists()
    assert "certificate" not in (folder / "request.json").read_text().replace('"certificates": []', "")
    assert plays.run(REQUEST, {"maple": plain}).changed == []


def test_ticks_stay(tmp_path, plays, hosted):
    checklist = tmp_path / FOLDER / "maple" / "checklist.md"
    assert plays.run(REQUEST, {"maple": hosted}).status == 0
    checklist.write_text(checklist.read_text().replace("- [ ] The agent was restarted", "- [x] The agent was restarted"))
    again = plays.run(REQUEST, {"maple": hosted})
    assert (again.status, again.changed) == (0, []), again.output
    changed = plays.run(REQUEST, {"maple": {**hosted, "sif_agent_school_year": "2027-2028"}})
    assert len(changed.changed) == 1
    assert checklist.read_text().count("[x]") == 1 and "2027-2028" in checklist.read_text()


def test_all_that_is_missing_or_wrong_is_one_message_and_nothing_is_written(tmp_path, plays, hosted):
    poor = {**hosted, "sif_agent_mode": "Push", "sif_district_contact": ""}
    del poor["sif_agent_zone_id"], poor["sif_agent_mappings"], poor["sif_agent_certificates"]
    result = plays.run(REQUEST, {"maple": poor, "oak": {**hosted, "sif_agent_powerschool_url": "https://oak.powerschool.com"}})
    assert result.status != 0
    assert len(result.failures) == 1, result.failures
    for name in ("sif_agent_zone_id", "sif_agent_mappings", "sif_agent_certificates", "sif_district_contact", "sif_agent_mode: is Push"):
        assert name in result.failures[0]
    assert not (tmp_path / FOLDER / "maple").exists() and (tmp_path / FOLDER / "oak" / "request.txt").exists()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: (folder / "request.json").write_text("[]"), "request.json on the controller is not of an earlier request"),
        (lambda folder: (folder / "request.txt").write_bytes(b"\xff\xfe"), "request.txt on the controller cannot be read: it is not UTF-8"),
        (lambda folder: (folder / "request.md").unlink() or (folder / "request.md").mkdir(), "request.md on the controller cannot be read"),
    ],
    ids=["manifest", "encoding", "directory"],
)
def test_what_cannot_be_read_is_not_overwritten(tmp_path, plays, hosted, spoil, told):
    folder = tmp_path / FOLDER / "maple"
    assert plays.run(REQUEST, {"maple": hosted}).status == 0
    spoil(folder)
    before = sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir())
    result = plays.run(REQUEST, {"maple": {**hosted, "sif_agent_zone_id": "OTHER"}})
    assert result.status != 0 and len(result.failures) == 1
    assert told in result.failures[0] and "Remedy: " in result.failures[0]
    assert sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir()) == before


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path, plays, hosted):
    (tmp_path / "taken").write_text("")
    for name in ("taken", "taken/below"):
        result = plays.run(REQUEST, {"maple": {**hosted, "sif_agent_hosting_request_directory": str(tmp_path / name)}})
        assert result.status != 0 and len(result.failures) == 1
        assert re.search(f"{tmp_path}/taken.* Remedy: ", result.failures[0]), result.failures


def test_request_for_a_self_hosted_district_only_says_so(plays, hosted):
    result = plays.run(REQUEST, {"maple": {**hosted, "sif_agent_powerschool_url": "https://powerschool.com.evil.org"}})
    assert result.status != 0 and len(result.failures) == 1
    assert "PowerSchool hosts none of these agents: maple. Remedy: " in result.failures[0]


def test_connect_sends_each_host_its_way(tmp_path, agent, zis, plays, district, hosted):
    """The agent of the self-hosted district is connected and proved; the request of the other one is written meanwhile."""
    own = {**district, "sif_agent_powerschool_url": "https://powerschool.com.oak.example.org"}
    hosts = {"maple": hosted, "oak": own}
    check = plays.run(CONNECT, hosts, "--check")
    assert check.status == 0 and {item["host"] for item in check.results if item["status"] == "changed"} == {"maple", "oak"}, check.output
    assert zis.zone(CANVAS).agent("PowerSchool") is None and not (tmp_path / FOLDER).exists()

    first = plays.run(CONNECT, hosts)
    assert first.status == 0, first.output
    seen = zis.zone(CANVAS).agent("PowerSchool")
    assert (seen["mode"], seen["register_count"]) == ("Pull", 1)
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["maple"]

    second = plays.run(CONNECT, hosts, "-vvv")
    assert (second.status, second.changed) == (0, []), second.output
    assert 1 <= len(second.module_executions) <= 4, second.module_executions
    assert zis.zone(CANVAS).agent("PowerSchool")["register_count"] == 1


def test_a_url_that_says_nothing_stops_its_host_only(tmp_path, plays, hosted):
    hosts = {"elm": {**hosted, "sif_agent_powerschool_url": "n/a"}, "ash": {**hosted, "sif_agent_powerschool_url": ""}, "maple": hosted}
    result = plays.run(REQUEST, hosts)
    assert result.status != 0 and len(result.failures) == 2
    assert all(sum(words in failure for failure in result.failures) == 1 for words in ("'n/a' is a single word", "is empty")), result.failures
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["maple"]


def test_the_example_runs(tmp_path, plays):
    result = plays.run(REQUEST, {}, "-i", str(EXAMPLE / "inventory"))
    assert result.status == 0, result.output
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == ["maple", "oak"]
    assert (tmp_path / FOLDER / "maple" / "certificate-kimono-ca.pem").exists()
    assert "maple_district.homeroom" in (tmp_path / FOLDER / "maple" / "mappings-Default.xml").read_text()
    assert "- District Office" in (tmp_path / FOLDER / "oak" / "request.txt").read_text()


@pytest.mark.parametrize("playbook", ["verify", "rollback", "rollover"])
def test_what_works_on_agents_leaves_hosted_ones_alone(plays, hosted, playbook):
    result = plays.run(f"k12.sif.{playbook}", {"maple": hosted}, "-e", "sif_rollover_year=2026-2027", "-vvv")
    assert (result.status, result.changed, result.module_executions) == (0, [], []), result.output
    if playbook != "rollback":
        assert "see k12.sif.request" in result.output.lower()
