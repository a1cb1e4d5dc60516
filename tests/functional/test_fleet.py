# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty districts in one run, three of which fail: the others are connected, the three are named and as they were."""

from __future__ import annotations

import json

import pytest
from lab import Agent, wait_for

CONNECT = "k12.sif.connect"
NAMES = [f"district{number:02}" for number in range(1, 21)]
REFUSED, BROKEN, ENDING = "district05", "district12", "district20"
FAILING = {REFUSED, BROKEN, ENDING}


@pytest.fixture
def fleet(tmp_path, zis, district, program):
    """Agents with a zone each, which share one Java; those that will fail run before."""
    agents, hosts = {}, {}
    for name in NAMES:
        agents[name] = agent = Agent(tmp_path / name, program.jar, program.java_home, own_java=False)
        zis.zone(name).create_zone()
        own = {"sif_agent_config_path": str(agent.config), "sif_agent_zis_url": f"{zis.http}/{name}", "sif_agent_zone_id": name}
        hosts[name] = {**district, **own, **agent.commands(), "sif_agent_java_home": str(agent.java_home), "sif_agent_proof_timeout": 30}
    for name in FAILING:
        agents[name].control("start")
        wait_for(lambda agent=agents[name]: "Agent is running" in agent.log, f"the agent of {name} has read its file")
    yield agents, hosts
    for agent in agents.values():
        agent.kill()


def connected(zis, name):
    seen = zis.zone(name).agent("PowerSchool")
    return seen is not None and not seen["sleeping"]


def test_three_failures_of_twenty_are_named_and_leave_nothing_half_done(fleet, zis, plays):
    agents, hosts = fleet
    hosts[REFUSED]["sif_agent_proof_timeout"] = 4
    zis.zone(REFUSED).fault("refuse_registration", agent="PowerSchool")
    whole = agents[BROKEN].config.read_text()
    agents[BROKEN].config.write_text(whole.replace("</agent>", ""))
    with (agents[ENDING].directory / "agent.env").open("a") as environment:
        environment.write(f'if grep -q {ENDING} "$home/agent.cfg"; then JAVA_OPTS=-Dlab.exitAtStart=0; fi\n')
    before = {name: agents[name].checksums() for name in FAILING}

    first = plays.run(CONNECT, hosts, "--forks", "4")
    assert first.status == 2
    assert {item["host"] for item in first.results if item["status"] == "failed"} == FAILING, first.output
    assert {name for name in NAMES if connected(zis, name)} == set(NAMES) - FAILING
    for name in FAILING:
        assert agents[name].checksums() == before[name] and agents[name].running, name
        points = (agents[name].directory / "restore-points").glob("*/manifest.json")
        assert all(json.loads(point.read_text())["state"] == "restored" for point in points), name

    # Mended, the run is taken up again with those only.
    zis.zone(REFUSED).clear_faults()
    agents[BROKEN].config.write_text(whole)
    agents[ENDING].environment()
    again = plays.run(CONNECT, hosts, "--limit", ",".join(sorted(FAILING)))
    assert again.status == 0, again.output
    assert {item["host"] for item in again.results} == FAILING
    wait_for(lambda: all(connected(zis, name) for name in NAMES), "all twenty are connected")
