# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a run works on, in which batches, and where it stops.

In check mode hosts can share one agent, because nothing is touched; batches are the same.
"""

from __future__ import annotations

import pathlib

import pytest
from lab import Agent, wait_for

CONNECT, ROLLBACK, ROLLOVER, VERIFY = "k12.sif.connect", "k12.sif.rollback", "k12.sif.rollover", "k12.sif.verify"
NEW_YEAR = ("-e", "sif_rollover_year=2025-2026")
WRONG = {"sif_agent_mode": "Push"}


def worked_on(run):
    """The hosts whose agent the role has looked at, at least."""
    return {item["host"] for item in run.results if item["task"].startswith("k12.sif.sif_agent : ")}


def failed(run):
    return {item["host"] for item in run.results if item["status"] == "failed"}


@pytest.fixture
def fleet(tmp_path, zis, district, program):
    """As many connected agents as a test asks for, which share one Java and have a zone each."""
    agents = {}

    def connect(plays, names):
        hosts = {}
        for name in names:
            agents[name] = agent = Agent(tmp_path / name, program.jar, program.java_home, own_java=False)
            zis.zone(name).create_zone()
            own = {"sif_agent_config_path": str(agent.config), "sif_agent_zis_url": f"{zis.http}/{name}", "sif_agent_zone_id": name}
            hosts[name] = {**district, **own, **agent.commands(), "sif_agent_java_home": str(agent.java_home)}
        connected = plays.run(CONNECT, hosts, "-e", '{"sif_serial": "100%"}')
        assert connected.status == 0, connected.output
        return agents, hosts

    yield connect
    for agent in agents.values():
        agent.kill()


def test_the_first_batch_is_one_agent_that_can_be_reached(tmp_path, plays, zis, district, hosted):
    """A host that PowerSchool hosts comes first, and proves nothing about the agents."""
    hosts = {"alder": hosted, "birch": {**district, **WRONG}, "cedar": district}
    run = plays.run(CONNECT, hosts)
    assert run.status == 2 and failed(run) == worked_on(run) == {"birch"}, run.output
    assert (tmp_path / "hosting-requests" / "alder" / "request.txt").exists()


def test_a_request_that_cannot_be_written_keeps_no_agent_from_its_change(tmp_path, plays, zis, district, hosted):
    hosts = {"alder": {**hosted, "sif_district_contact": ""}, "birch": district}
    run = plays.run(CONNECT, hosts, "--check")
    assert run.status == 2 and failed(run) == {"alder"}, run.output
    assert worked_on(run) == {"birch"} and "birch" in {item["host"] for item in run.results if item["status"] == "changed"}


@pytest.mark.parametrize(
    ("given", "goes_on"),
    [(None, True), (0, False), ("33%", False), (50, True), (100, True)],
    ids=str,
)
def test_a_run_stops_after_a_batch_in_which_too_many_failed(plays, zis, district, hosted, given, goes_on):
    """One agent of three fails; the hosted host counts for nothing."""
    hosts = {"alder": hosted, **dict.fromkeys("abcd", district), "b": {**district, **WRONG}}
    options = () if given is None else ("-e", f"sif_max_fail_percentage={given}")
    run = plays.run(CONNECT, hosts, "--check", "-e", '{"sif_serial": [3, 1]}', *options)
    assert run.status == 2 and failed(run) == {"b"}, run.output
    assert worked_on(run) == set("abcd" if goes_on else "abc")
    assert run.output.count("Stopped: b failed.") == (0 if goes_on else 1)


@pytest.mark.parametrize("playbook", [CONNECT, ROLLBACK, ROLLOVER])
def test_a_percentage_that_is_none_is_refused_before_anything_is_touched(plays, zis, district, playbook):
    run = plays.run(playbook, dict.fromkeys("ab", district), *NEW_YEAR, "-e", "sif_max_fail_percentage=few")
    assert run.status == 2 and run.failures == ["sif_max_fail_percentage is few. Remedy: set it to a number from 0 to 100, with or without %."]
    assert worked_on(run) == set()


def test_a_rollover_lets_the_batch_that_fails_come_to_its_end_and_begins_no_other(plays, zis, fleet):
    agents, hosts = fleet(plays, "abcde")
    hosts["b"]["sif_agent_proof_timeout"] = 5
    before = {name: agent.checksums() for name, agent in agents.items()}
    without = plays.run(ROLLOVER, hosts)
    assert "sif_rollover_year is not given" in without.failures[0]

    zis.zone("b").fault("refuse_registration", agent="PowerSchool")
    stopped = plays.run(ROLLOVER, hosts, *NEW_YEAR, "-e", '{"sif_serial": [1, 3, 1]}')
    assert stopped.status == 2 and failed(stopped) == {"b"}, stopped.output
    assert {name for name, agent in agents.items() if "2025-2026" in agent.config.read_text()} == set("acd")
    assert {name for name, agent in agents.items() if agent.checksums() == before[name]} == set("be")
    registered = {name: zis.zone(name).agent("PowerSchool")["register_count"] for name in agents}
    assert registered["a"] == registered["c"] == registered["d"] == 2
    assert registered["e"] == 1, "the batch after the failure was touched"
    assert all(agent.running for agent in agents.values())


def test_no_playbook_is_content_with_no_host(plays, district):
    playbooks = pathlib.Path(__file__).parents[2] / "playbooks"
    names = {path.stem for path in playbooks.glob("*.yml")} - {"awx_setup"}
    assert {"connect", "report", "rollback", "rollover", "verify"} < names
    for name in sorted(names):
        run = plays.run(f"k12.sif.{name}", {"maple": district}, *NEW_YEAR, "-e", "sif_hosts=sif_agent")
        assert run.status == 2 and len(run.failures) == 1, run.output
        assert run.failures[0].startswith("There is no host to work on: sif_agent has 0 hosts in this inventory") and "Remedy: " in run.failures[0]


def test_a_list_of_districts_that_cannot_be_read_is_no_success(tmp_path, plays):
    """Without any_unparsed_is_failed Ansible goes on with what is left, which is nothing."""
    (tmp_path / "districts.csv").write_text("code\n\n")
    (tmp_path / "districts.yml").write_text("plugin: k12.sif.districts\npath: districts.csv\ngroup: sif_agents\n")
    run = plays.run(VERIFY, {}, "-i", str(tmp_path / "districts.yml"))
    assert run.status == 2 and "There is no host to work on: sif_agents has 0 hosts" in run.failures[0], run.output
    assert "mend that first" in run.failures[0]


@pytest.mark.parametrize("playbook", [VERIFY, ROLLOVER, ROLLBACK])
def test_a_host_outside_of_the_limit_is_left_alone(plays, zis, fleet, playbook):
    agents, hosts = fleet(plays, "ab")
    for name in hosts:
        wait_for(lambda name=name: zis.zone(name).agent("PowerSchool")["last_poll_at"], f"the agent of {name} polls")
    before, process = agents["b"].checksums(), agents["b"].process_id
    own_before = agents["a"].checksums()
    run = plays.run(playbook, hosts, *NEW_YEAR, "--limit", "a")
    assert run.status == 0, run.output
    assert {item["host"] for item in run.results} == {"a"}
    assert (agents["b"].checksums(), agents["b"].process_id) == (before, process)
    assert (agents["a"].checksums() == own_before) == (playbook == VERIFY), "the playbook had something to do within the limit"
