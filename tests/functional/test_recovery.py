# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever fails while an agent is changed: afterwards it runs with whole old or whole new files, and the next run converges."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest
from conftest import CANVAS, STORE_PASSWORD
from lab import Agent, wait_for

CONNECT, ROLLBACK, ROLLOVER = "k12.sif.connect", "k12.sif.rollback", "k12.sif.rollover"
OTHER_YEAR = {"sif_agent_school_year": "2025-2026"}
WRONG_PATH = {"sif_agent_mappings": [{"fragment": "<object object='StudentPersonal'><field name='LASTNAME'>Name/FamilyName</field></object>"}]}


@pytest.fixture(autouse=True)
def no_guard_is_left(agent):
    yield
    shutil.rmtree(agent.directory / "restore-points", ignore_errors=True)


@pytest.fixture
def connected(agent, zis, plays, district):
    """The variables of a district whose agent was connected by the role."""
    wanted = {**district, "sif_agent_stop_timeout": 10, "sif_agent_log_path": str(agent.directory / "logs" / "agent.log")}
    first = plays.run(CONNECT, {"maple": wanted})
    assert first.status == 0, first.output
    return wanted


def seen(zis, zone=CANVAS):
    return zis.zone(zone).agent("PowerSchool")


def in_own_zone(zis, url, one, variables):
    """The variables of one district of several: another agent, and a zone of its own."""
    zone = one.directory.name
    zis.zone(zone).create_zone()
    own = {"sif_agent_config_path": str(one.config), "sif_agent_java_home": str(one.java_home)}
    return {**variables, **own, **one.commands(), "sif_agent_zis_url": f"{url}/{zone}", "sif_agent_zone_id": zone}


def open_points(agent):
    return [path for path in (agent.directory / "restore-points").glob("*/manifest.json") if '"state": "open"' in path.read_text()]


def when_started(agent, condition, words):
    """Lets something happen each time the agent is started and its agent.cfg is of a kind."""
    settings = f"JAVA='{agent.java_home / 'bin' / 'java'}'\nif {condition} \"$home/agent.cfg\" && [ \"${{1-}}\" = start ]; then {words}; fi\n"
    (agent.directory / "agent.env").write_text(settings)


def when_started_with_the_other_year(agent, words):
    when_started(agent, "grep -q 2025-2026", words)


def does_not_start(agent, zis):
    when_started_with_the_other_year(agent, "echo no licence >&2; exit 1")


def starts_and_exits(agent, zis):
    when_started_with_the_other_year(agent, "JAVA_OPTS=-Dlab.exitAtStart=0")


def is_refused_once(agent, zis):
    zis.zone(CANVAS).fault("refuse_registration", agent="PowerSchool", times=1)


def provision_is_refused(agent, zis):
    """What it provided before stays its own at the ZIS."""
    zis.zone(CANVAS).fault("refuse_provision", times=1)


def zone_falls_asleep(agent, zis):
    admin = f"{zis.http}/admin/zones/{CANVAS}"
    call = f"import urllib.request as r; r.urlopen(r.Request('{admin}', b'{{\\\"asleep\\\": true}}'))"
    when_started_with_the_other_year(agent, f'{sys.executable} -c "{call}"')


@pytest.mark.parametrize(
    ("fault", "change", "words"),
    [
        (does_not_start, OTHER_YEAR, ["status 1: no licence"]),
        (starts_and_exits, OTHER_YEAR, ["started but is no longer running"]),
        (is_refused_once, OTHER_YEAR, ["does not confirm it", "Remedy:", "Its log says"]),
        (provision_is_refused, OTHER_YEAR, ["is not proved", "does not let the agent provide an object", "Category=4; Code=3", "Remedy:"]),
        (zone_falls_asleep, OTHER_YEAR, ["does not confirm it", "asleep"]),
    ],
    ids=["does-not-start", "starts-and-exits", "refused", "provision-refused", "asleep-meanwhile"],
)
def test_a_change_that_cannot_be_proved_is_undone(agent, zis, plays, connected, fault, change, words):
    if fault:
        fault(agent, zis)
    before = agent.checksums()
    failed = plays.run(CONNECT, {"maple": {**connected, **change, "sif_agent_proof_timeout": 10}})
    assert failed.status != 0
    asleep = "does not confirm it any more, as it did before this run: status 8"
    end = asleep if fault is zone_falls_asleep else "the ZIS confirms it, as it was connected before this run"
    for word in [*words, "Restored as before this run", end]:
        assert word in failed.failures[-1], failed.failures[-1]
    assert agent.checksums() == before and agent.running and not open_points(agent)
    assert fault is zone_falls_asleep or seen(zis)["sleeping"] is False


def test_the_zis_that_goes_away_meanwhile_is_told(agent, zis, plays, connected):
    when_started_with_the_other_year(agent, f"kill {zis._process.pid}")
    before = agent.checksums()
    failed = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR, "sif_agent_proof_timeout": 3}})
    assert "refused" in failed.failures[-1] and "does not confirm it any more" in failed.failures[-1], failed.failures
    assert agent.checksums() == before and agent.running and not open_points(agent)

    process = agent.process_id
    untouched = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR}})
    assert "Nothing was touched" in untouched.failures[-1], untouched.failures
    assert agent.checksums() == before and agent.process_id == process


def test_an_agent_that_does_not_stop_is_left_alone_or_killed(agent, zis, plays, connected):
    agent.control("stop")
    agent.environment(JAVA_OPTS="-Dlab.ignoreTerm=true")
    agent.control("start")
    wait_for(lambda: seen(zis)["sleeping"] is False, "the agent is back")
    before, process = agent.checksums(), agent.process_id
    wanted = {**connected, **OTHER_YEAR, "sif_agent_stop_timeout": 2}
    refused = plays.run(CONNECT, {"maple": wanted})
    assert "still there 2 seconds after it was told to stop" in refused.failures[-1], refused.failures
    assert agent.checksums() == before and agent.process_id == process
    # The ZIS saw no SIF_Sleep, so its word alone proves nothing; the log does.
    killed = plays.run(CONNECT, {"maple": {**wanted, "sif_agent_force_stop": True, "sif_agent_pid_file": str(agent.directory / "agent.pid")}})
    assert killed.status == 0, killed.output
    assert agent.process_id != process and "2025-2026" in agent.config.read_text()
    agent.environment()


def test_the_zises_stale_word_proves_nothing(agent, zis, plays, connected):
    """An agent that was killed is awake for the ZIS, and goes on to be when the new one is refused."""
    agent.kill()
    zis.zone(CANVAS).fault("refuse_registration", agent="PowerSchool", message="SIF_Register")
    assert seen(zis)["sleeping"] is False
    result = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR, "sif_agent_proof_timeout": 6}})
    assert result.status != 0
    assert "not proved" in result.failures[-1] and "Category=4; Code=2" in result.failures[-1], result.failures
    assert "2025-2026" not in agent.config.read_text()


def test_without_a_log_a_stale_word_is_no_proof_either_and_the_remedy_is_told(agent, zis, plays, connected):
    agent.kill()
    result = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR, "sif_agent_proof_timeout": 6, "sif_agent_log_path": "/nowhere/agent.log"}})
    assert result.status != 0
    assert "may mean it as it was before the start" in result.failures[-1] and "Set sif_agent_log_path" in result.failures[-1], result.failures


def test_an_agent_that_registers_late_is_waited_for(agent, zis, plays, connected):
    """The ZIS shows the killed agent as awake at once; the log tells of the new one seconds later."""
    agent.kill()
    (agent.directory / "agent.env").write_text(f"JAVA='{agent.java_home / 'bin' / 'java'}'\n")
    zis.zone(CANVAS).fault("slow", seconds=5, message="SIF_Register")
    result = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR}})
    assert result.status == 0, result.output
    assert "2025-2026" in agent.config.read_text() and seen(zis)["register_count"] == 2


def test_an_agent_that_writes_its_file_at_stop_and_start_is_changed_once(agent, zis, plays, connected):
    agent.environment(AGENT_ARGS="--save-at-stop --save-at-start")
    agent.control("stop")
    agent.control("start")
    wait_for(lambda: seen(zis)["sleeping"] is False, "the agent is back")
    count = seen(zis)["register_count"]
    changed = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR, "sif_agent_schools": {**connected["sif_agent_schools"], "exclude": []}}})
    assert changed.status == 0, changed.output
    assert seen(zis)["register_count"] == count + 1, "more than one restart for several changes"
    again = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR, "sif_agent_schools": {**connected["sif_agent_schools"], "exclude": []}}})
    assert (again.status, again.changed) == (0, []), again.output


def test_an_agent_that_starts_with_its_old_file_is_found_out(agent, zis, plays, connected):
    shutil.copy(agent.config, agent.directory / "old.cfg")
    when_started_with_the_other_year(agent, 'cp "$home/old.cfg" "$home/agent.cfg"')
    before = agent.checksums()
    forgetful = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR}})
    assert "these did not survive" in forgetful.failures[-1] and "the ZIS confirms it" in forgetful.failures[-1], forgetful.failures
    assert agent.checksums() == before and agent.running and not open_points(agent)


def test_rollback_undoes_what_the_proof_cannot_see(agent, zis, plays, connected):
    """A mapping with a wrong path loads, and fails when data are asked for."""
    before = agent.checksums()
    assert plays.run(CONNECT, {"maple": {**connected, **WRONG_PATH}}).status == 0
    answer = zis.zone(CANVAS).request("StudentPersonal", source_id="PowerSchool")
    assert (answer["error"]["category"], answer["error"]["code"]) == (8, 1)

    listed = plays.run(ROLLBACK, {"maple": connected}, "-e", "sif_agent_rollback_list=true")
    assert listed.status == 0 and listed.output.count(" proved: ") == 2 and not listed.changed, listed.output
    check = plays.run(ROLLBACK, {"maple": connected}, "--check")
    assert check.status == 0 and check.changed and str(agent.config) in str(check.results), check.output
    assert agent.checksums() != before

    back = plays.run(ROLLBACK, {"maple": connected})
    assert back.status == 0, back.output
    assert agent.checksums() == before
    assert zis.zone(CANVAS).request("StudentPersonal", source_id="PowerSchool")["state"] == "complete"

    unknown = plays.run(ROLLBACK, {"maple": connected}, "-e", "sif_agent_restore_point=yesterday")
    assert "There is no restore point yesterday" in unknown.failures[-1] and "Remedy" in unknown.failures[-1], unknown.failures
    first = sorted(path.name for path in (agent.directory / "restore-points").glob("2*"))[0]
    oldest = plays.run(ROLLBACK, {"maple": connected}, "-e", f"sif_agent_restore_point={first}")
    assert oldest.status == 0, oldest.output
    assert CANVAS not in agent.config.read_text() and agent.running


def test_rollback_brings_a_deleted_agent_cfg_back(agent, zis, plays, connected):
    assert plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR}}).status == 0
    agent.config.unlink()
    back = plays.run(ROLLBACK, {"maple": connected})
    assert back.status == 0, back.output
    assert "2026-2027" in agent.config.read_text() and agent.running and seen(zis)["sleeping"] is False


def test_rollback_looks_whether_its_files_survive_the_start(agent, zis, plays, connected):
    assert plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR}}).status == 0
    shutil.copy(agent.config, agent.directory / "old.cfg")
    settings = f"""JAVA='{agent.java_home / 'bin' / 'java'}'\nif [ "${{1-}}" = start ]; then cp "$home/old.cfg" "$home/agent.cfg"; fi\n"""
    (agent.directory / "agent.env").write_text(settings)
    back = plays.run(ROLLBACK, {"maple": connected})
    assert "these did not survive" in back.failures[-1] and str(agent.config) in back.failures[-1], back.failures
    agent.environment(AGENT_ARGS="--save-at-start")
    respelled = plays.run(ROLLBACK, {"maple": connected})
    assert respelled.status == 0, respelled.output
    assert "2026-2027" in agent.config.read_text()


def test_rollback_does_not_guess_what_a_file_means_that_it_cannot_read(agent, zis, plays, connected):
    """The agent knows each encoding that its Java knows, we do not."""
    assert plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR}}).status == 0
    before = agent.checksums()
    when_started(agent, "! grep -q 2025-2026", """sed -i '1s/"UTF-8"/"GB18030"/' "$home/agent.cfg\"""")
    back = plays.run(ROLLBACK, {"maple": connected})
    assert "these did not survive" in back.failures[-1] and str(agent.config) in back.failures[-1] and "the ZIS confirms it" in back.failures[-1], back.failures
    assert agent.checksums() == before and agent.running and not open_points(agent)


def test_an_agent_cfg_that_cannot_be_looked_at_ends_a_rollback(plays, tmp_path):
    play = tmp_path / "play.yml"
    play.write_text(
        "- hosts: sif_agents\n  gather_facts: false\n  tasks:\n    - ansible.builtin.include_role:\n        name: k12.sif.sif_agent\n"
        "        tasks_from: rollback/refuse_unreadable.yml\n"
    )
    denied = "agent.cfg: Permission denied. Remedy: let Ansible read it (become)."
    told = {"loads": {"loads": True}, "broken": {"loads": False}, "absent": {"failed": True, "msg": "There is no file agent.cfg."}}
    told["denied"] = {"failed": True, "msg": denied}
    result = plays.run(str(play), {name: {"__sif_agent_info": info} for name, info in told.items()})
    assert [(item["host"], item["result"]["msg"]) for item in result.results if item["status"] == "failed"] == [("denied", denied)]


def test_only_whoever_says_so_takes_over_from_another_run(agent, zis, plays, connected):
    whole = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR}})
    begun = next(number for number, item in enumerate(whole.results, 1) if item["result"].get("point"))
    plays.run(CONNECT, {"maple": connected}, kill_after=begun)
    assert open_points(agent) and not agent.running
    agent.config.write_text(agent.config.read_text()[:500])  # as a write that did not get to its end leaves it
    refused = plays.run(CONNECT, {"maple": connected})
    assert "Another run began to change this agent" in refused.failures[-1] and "Nothing was touched" in refused.failures[-1]
    checked = plays.run(CONNECT, {"maple": connected}, "--check", "-e", "sif_agent_take_over=true")
    assert checked.status == 0 and checked.changed and "It would be undone first" in checked.output, checked.output
    assert open_points(agent) and not agent.running
    taken = plays.run(CONNECT, {"maple": connected}, "-e", "sif_agent_take_over=true")
    assert taken.status == 0 and "was interrupted" in taken.output, taken.output
    assert "2026-2027" in agent.config.read_text() and seen(zis)["sleeping"] is False


def test_a_play_killed_after_any_task_strands_nobody(agent, zis, plays, district, program, authority, tmp_path):
    common = {**district, "sif_agent_stop_timeout": 10, "sif_agent_answer_timeout": 5, "sif_agent_guard_timeout": 40}
    common.update(sif_agent_certificates=[{"content": authority.ca.read_text()}], sif_agent_trust_store_password=STORE_PASSWORD)
    agent.control("start")
    whole = plays.run(CONNECT, {"whole": in_own_zone(zis, zis.https, agent, common)})
    assert whole.status == 0, whole.output
    states = {item["result"]["point"]["history"][-1]["what"]: number for number, item in enumerate(whole.results) if item["result"].get("point")}
    points = [
        number + 1
        for number, item in enumerate(whole.results)
        if states["files kept"] <= number < states["proved"] and item["action"].startswith("k12.sif.")
    ]
    assert len(points) >= 9, whole.results
    agents = {}
    try:
        for point in points:
            one = agents[f"agent{point}"] = Agent(tmp_path / f"agent{point}", program.jar, program.java_home)
            one.control("start")
            one.before, one.variables = one.checksums(), in_own_zone(zis, zis.https, one, common)
            killed = plays.run(CONNECT, {"killed": one.variables}, kill_after=point)
            assert killed.status == -9 and len(killed.results) == point
        for name, one in agents.items():
            wait_for(lambda one=one: not open_points(one), f"the guard of {name} has acted", 70)
            assert one.running, name
            assert one.checksums() == one.before, f"{name} is neither old nor new"
        again = plays.run(CONNECT, {name: one.variables for name, one in agents.items()})
        assert again.status == 0, again.output
        for name, one in agents.items():
            assert one.running and seen(zis, name)["sleeping"] is False
    finally:
        for one in agents.values():
            shutil.rmtree(one.directory / "restore-points", ignore_errors=True)
            one.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount the small file system that gets full")
def test_a_full_disk_at_any_write_changes_nothing(agent, plays, district):
    small = agent.directory / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "small", str(small)], check=True)
    try:
        config = pathlib.Path(shutil.copy(agent.config, small))
        agent.environment(AGENT_CONFIG=str(config))
        agent.control("start")
        wanted = {**district, "sif_agent_config_path": str(config), "sif_agent_directory": str(agent.directory)}
        wanted["sif_agent_restore_directory"] = str(small / "restore-points")
        before, page = config.read_bytes(), 4096
        pages = -(-len(before) // page)
        failed_at = set()
        # No room for the restore point, for its copy, for the new agent.cfg.
        manifest = 4
        for free in (0, manifest, manifest + pages):
            room = shutil.disk_usage(small).free - free * page
            (small / "filler").write_bytes(b"x" * room)
            full = plays.run(CONNECT, {"maple": wanted})
            assert full.status != 0 and "No space left" in full.output, full.output
            failed_at.add(next(item["task"] for item in full.results if item["status"] == "failed"))
            assert config.read_bytes() == before and agent.running
            (small / "filler").unlink()
        assert len(failed_at) == 2, failed_at
        converged = plays.run(CONNECT, {"maple": wanted})
        assert converged.status == 0, converged.output
    finally:
        agent.kill()
        subprocess.run(["umount", "--lazy", str(small)], check=True)


def test_the_check_of_a_rollover_goes_past_what_an_interrupted_run_left(agent, plays, connected):
    whole = plays.run(CONNECT, {"maple": {**connected, **OTHER_YEAR}})
    begun = next(number for number, item in enumerate(whole.results, 1) if item["result"].get("point"))
    plays.run(CONNECT, {"maple": connected}, kill_after=begun)
    half = agent.config.read_text()[:500]
    agent.config.write_text(half)
    checked = plays.run(ROLLOVER, {"maple": connected}, "-e", "sif_rollover_year=2025-2026", "-e", "sif_agent_take_over=true")
    assert checked.status == 0, checked.output
    assert "nothing can be planned yet" in checked.output and "was interrupted" in checked.output
    assert "2025-2026" in agent.config.read_text()
