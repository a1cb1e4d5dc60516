# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles on a Windows host whose service is a real lab agent at a real ZIS."""

from __future__ import annotations

import json

import pytest
import yaml
from conftest import AGENT, COLLECTION, CONFIG, Windows
from lab import Agent

CONNECT = "k12.sif.connect"
POINTS = f"{AGENT}\\restore-points"


def test_connect_verify_and_rollback(school, tasks):
    plays, variables, agent, trips = tasks.plays, school.variables, school.agent, school.windows.trips
    before = agent.checksums()
    check = plays.run(CONNECT, {"ps": variables}, "--check", "--diff")
    assert check.status == 0 and check.changed, check.output
    assert (agent.checksums(), agent.running, school.seen()) == (before, False, None)
    assert set(trips()) == {"win_powershell", "win_find", "win_service_info", "slurp"}, "check mode touched something"

    first = plays.run(CONNECT, {"ps": variables}, "--diff")
    assert first.status == 0, first.output
    seen = school.seen()
    assert (seen["mode"], seen["sleeping"], seen["secure"], seen["register_count"]) == ("Pull", False, True, 1)
    assert school.windows.left_behind() == []

    trips()
    after = agent.checksums()
    second = plays.run(CONNECT, {"ps": variables}, "--diff")
    assert (second.status, second.changed) == (0, []), second.output
    assert (agent.checksums(), school.seen()["register_count"]) == (after, 1)
    # Restore points, the service, a file of a wrapper, agent.cfg, the bundled Java's stores, the trust store.
    assert trips() == ["win_powershell", "win_service_info", "slurp", "slurp", "win_find", "slurp"]

    verified = plays.run("k12.sif.verify", {"ps": variables})
    assert (verified.status, verified.changed, verified.failures) == (0, [], []), verified.output
    assert "Windows says started, since 20" in verified.output
    assert f"in {AGENT[:30]}".replace("\\", "\\\\") in verified.output, "the bundled Java's cacerts is not what is looked at"
    assert "agent_restarted  started" in verified.output and "without a known error" in verified.output

    rolled = plays.run("k12.sif.rollback", {"ps": variables})
    assert rolled.status == 0, rolled.output
    assert agent.checksums() == before and agent.running


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"held": [CONFIG]}, ["used by another process. The file is as it was. Remedy: close the program", "No file had been changed."]),
        (
            {"readonly": [f"{AGENT}\\jre\\lib\\security\\cacerts"]},
            ["cacerts could not be written: it is marked read-only", f"Restored as before this run: {CONFIG}."],
        ),
    ],
    ids=["agent.cfg is open elsewhere", "cacerts is read-only"],
)
def test_a_file_that_cannot_be_written_changes_nothing(school, tasks, settings, words):
    school.agent.control("start")
    before = school.agent.checksums()
    school.windows.tree.change(**settings)
    services = school.windows.tree.settings["services"]
    services["SIF Agent"]["state"] = "started"
    school.windows.tree.change(services=services)
    result = tasks.plays.run(CONNECT, {"ps": school.variables})
    assert result.status != 0
    for word in words:
        assert word in result.failures[-1], result.failures
    assert school.agent.checksums() == before and school.agent.running
    assert school.windows.left_behind() == []


def test_a_service_that_does_not_stop_is_left_alone(school, tasks):
    services = school.windows.tree.settings["services"]
    school.agent.control("start")
    services["SIF Agent"].update(state="started", never_stops=True)
    school.windows.tree.change(services=services)
    before = school.agent.checksums()
    result = tasks.plays.run(CONNECT, {"ps": {**school.variables, "sif_agent_stop_timeout": 1}})
    assert "The agent's process is still there 1 seconds after it was told to stop. Remedy:" in result.failures[0], result.failures
    assert "no guard on a Windows host" in result.failures[0]
    assert school.agent.checksums() == before and school.agent.running


def test_an_agent_with_commands_and_an_interrupted_run(school, tasks):
    words = ("start", "stop", "status")
    variables = {**school.variables, **{f"sif_agent_{word}_command": [f"{AGENT}\\agentctl", word] for word in words}}
    del variables["sif_agent_service"]
    variables["sif_agent_java_home"] = f"{AGENT}/jre"
    school.agent.control("start")
    begun = {"directory": POINTS, "state": "kept", "paths": [CONFIG]}
    begun.update({f"{word}_command": variables[f"sif_agent_{word}_command"] for word in words})
    assert tasks.run(school.windows, {"k12.sif.restore_point": begun}).status == 0
    assert not school.agent.running
    good = school.agent.config.read_bytes()
    school.agent.config.write_bytes(good + b"<!-- half done -->")

    refused = tasks.plays.run(CONNECT, {"ps": variables})
    assert "is not over. Nothing was touched. Remedy: wait until it is done. If it was interrupted, the first run after 20" in refused.failures[0]
    assert b"half done" in school.agent.config.read_bytes()

    taken = tasks.plays.run(CONNECT, {"ps": {**variables, "sif_agent_take_over": True}})
    assert taken.status == 0, taken.output
    assert school.seen()["sleeping"] is False and b"half done" not in school.agent.config.read_bytes()


def test_without_the_collection_nothing_is_touched(school, tasks, monkeypatch, tmp_path):
    own = tmp_path / "collections" / "ansible_collections" / "k12"
    own.mkdir(parents=True)
    (own / "sif").symlink_to(COLLECTION)
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(tmp_path / "collections"))
    lesson = {"sif_learn_setting": "smp", "sif_learn_to": "on", "sif_learn_profile_file": str(tmp_path / "profile.yml")}
    smoke = ("k12.sif.verify", "--tags", "smoke")
    for playbook, *options in ([CONNECT], ["k12.sif.verify"], ["k12.sif.rollback"], ["k12.sif.learn"], smoke):
        result = tasks.plays.run(playbook, {"ps": {**school.variables, **lesson}}, *options)
        assert result.status != 0 and "needs the collection ansible.windows on the controller" in result.failures[0], result.output
    assert school.windows.trips() == []


def test_the_smoke_test_for_real_hosts(school, tasks):
    school.agent.control("start")
    services = school.windows.tree.settings["services"]
    services["SIF Agent"]["state"] = "started"
    school.windows.tree.change(services=services)
    before, number = school.agent.checksums(), (school.agent.directory / "agent.pid").read_text()
    result = tasks.plays.run("k12.sif.verify", {"ps": school.variables}, "--tags", "smoke")
    assert result.status == 0, result.output
    shown = next(item["result"]["__sif_smoke_report"] for item in result.results if "__sif_smoke_report" in item["result"])
    assert [step["step"] for step in shown["steps"] if not step["ok"]] == [] and len(shown["steps"]) == 13
    assert (shown["windows"], shown["ansible_windows"].count(".")) == ("EMULATION", 2)
    assert school.agent.checksums() == before and school.agent.running
    assert school.windows.left_behind() == []
    assert number == (school.agent.directory / "agent.pid").read_text(), "the agent was started again"


def test_where_a_product_keeps_a_setting_is_learned(school, tasks, tmp_path):
    console = school.agent.directory / "console"
    console.write_text(f"""cd '{school.agent.directory}' && exec jre/bin/java -jar lab-agent.jar console --config agent.cfg "$@"\n""")
    file = tmp_path / "profile.yml"
    lesson = {
        "sif_agent_profile": "powerschool",
        "sif_learn_profile_file": str(file),
        "sif_learn_zone": "STATE_REPORTING",
        "sif_learn_setting": "school_year",
        "sif_learn_to": "2025-2026",
        "sif_learn_command": [f"{AGENT}\\console", "set-year", "STATE_REPORTING", "2025-2026"],
    }
    result = tasks.plays.run("k12.sif.learn", {"ps": {**school.variables, **lesson}})
    assert result.status == 0, result.output
    learned = yaml.safe_load(file.read_text())["settings"]["school_year"]
    assert (learned["name"], learned["format"]) == ("lab.schoolYear", "{start}-{end}")
    assert school.windows.trips() == ["slurp", "win_command", "slurp"]


def test_method_https_with_stores_named_relative_to_the_agent(school, tasks):
    variables = {
        **school.variables,
        "sif_agent_method": "HTTPS",
        "sif_agent_key_store": "Agent.ks",
        "sif_agent_key_store_password": "changeit",
        "sif_agent_key_store_create": True,
    }
    before = school.agent.checksums()
    refused = tasks.plays.run(CONNECT, {"ps": variables})
    assert "relative paths (Trusted.ks, Agent.ks), and where its process runs is not known" in refused.failures[0], refused.output
    assert "Remedy: set sif_agent_directory" in refused.failures[0] and school.agent.checksums() == before
    variables["sif_agent_directory"] = AGENT
    result = tasks.plays.run(CONNECT, {"ps": variables}, "--diff")
    assert result.status == 0, result.output
    assert school.seen()["secure"] is True and school.seen()["sleeping"] is False
    assert {path.name for path in school.agent.directory.glob("*.ks")} == {"Agent.ks", "Trusted.ks"}
    second = tasks.plays.run(CONNECT, {"ps": variables})
    assert (second.status, second.changed) == (0, []), second.output


def test_one_report_over_windows_and_linux(school, tasks, program, tmp_path):
    linux, down = Agent(tmp_path / "linux", program.jar, program.java_home), Windows(tmp_path / "down")
    down.tree.change(down=True)
    school.zis.zone("LINUX").create_zone()
    common = {name: value for name, value in school.variables.items() if name not in school.windows.variables and name != "sif_agent_service"}
    own = {"sif_agent_config_path": str(linux.config), "sif_agent_log_path": str(linux.directory / "logs" / "agent.log"), **linux.commands()}
    zone = {"sif_agent_zis_url": f"{school.zis.https}/LINUX", "sif_agent_zone_id": "LINUX", "sif_agent_java_home": str(linux.java_home)}
    hosts = {"ps": school.variables, "down": {**school.variables, **down.variables}, "linux": {**common, **own, **zone}}
    try:
        connected = tasks.plays.run(CONNECT, hosts, "--limit", "ps,linux")
        assert connected.status == 0, connected.output
        text = school.agent.config.read_text(encoding="utf-8")
        school.agent.config.write_text(text.replace('value="Pull"', 'value="Push"'), encoding="utf-8")
        before = (school.agent.checksums(), linux.checksums())
        school.windows.trips()
        result = tasks.plays.run("k12.sif.report", hosts, "-e", f"sif_report_directory={tmp_path / 'report'}")
    finally:
        linux.control("stop")
    assert result.status == 0, result.output
    found = {item["host"]: item for item in json.loads((tmp_path / "report" / "report.json").read_text())["districts"]}
    assert {host: item["state"] for host, item in found.items()} == {"ps": "problem", "down": "unchecked", "linux": "connected"}
    assert "mode" in {check["name"] for check in found["ps"]["checks"] if check["result"] == "fail"}
    assert {item["where"] for item in found["ps"]["certificates"]} == {"presented by the ZIS", "in the agent's trust store"}
    assert "timed out" in found["down"]["reason"]
    assert (school.agent.checksums(), linux.checksums()) == before
    trips = school.windows.trips()
    assert trips[0] == "raw" and not {"win_service", "win_copy", "put"} & set(trips), trips
