# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong input is one clear error; no file changes and the agent runs on."""

from __future__ import annotations

import pytest
from lab import wait_for

MALFORMED = "<agent id='PowerSchool'>\n  <zone id='X'\n</agent>\n"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sif_agent_mode": "Push"}, ["sif_agent_mode is Push", "Remedy: set sif_agent_mode to Pull"]),
        ({"sif_agent_method": "HTTPS"}, ["begins with http:// but sif_agent_method is HTTPS", "Remedy: use the https:// URL"]),
        ({"sif_agent_zone_id": ""}, ["sif_agent_zone_id is empty", "Remedy: set it to the Zone ID"]),
        ({"sif_agent_certificates": [{"content": "x"}]}, ["sif_agent_trust_store_password is not", "Remedy: set it, from a vault"]),
        ({"sif_agent_school_year": "2026/27"}, ["2026/27", "school", "Remedy:"]),
        ({"sif_agent_schools": {"known": [{"number": "100", "name": "Alder"}], "exclude": ["Aldr"]}}, ["Aldr", "Alder"]),
        ({"sif_agent_mappings": [{"fragment": "<object object='StudentPersonal'>\n<field name='A'>X</object>"}]}, ["line 2"]),
        ({"sif_agent_profile": "powerschool"}, ["k12.sif.learn"]),
        ({"sif_agent_config_path": "/nonexistent/agent.cfg"}, ["/nonexistent/agent.cfg", "Remedy:"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_wrong_input_is_one_clear_error(agent, plays, district, change, words):
    agent.control("start")
    before = agent.checksums()
    process = agent.process_id
    result = plays.run("k12.sif.connect", {"maple": {**district, **change}})
    assert result.status != 0
    assert len(result.failures) == 1, result.failures
    for word in words:
        assert word in result.failures[0]
    assert agent.checksums() == before
    assert agent.running and agent.process_id == process


def test_a_malformed_file_is_named_with_its_line(agent, plays, district):
    agent.control("start")
    wait_for(lambda: "Agent is running" in agent.log, "the agent is up")
    agent.config.write_text(MALFORMED)
    before = agent.checksums()
    result = plays.run("k12.sif.connect", {"maple": district})
    assert result.status != 0
    assert len(result.failures) == 1 and f"{agent.config}, line 3" in result.failures[0]
    assert agent.checksums() == before and agent.running


def test_method_https_without_a_key_store_is_named_before_anything_is_touched(agent, plays, https_district):
    agent.control("start")
    missing = dict(https_district, sif_agent_key_store=str(agent.directory / "None.ks"))
    before = agent.checksums()
    result = plays.run("k12.sif.connect", {"oak": missing})
    assert result.status != 0
    assert len(result.failures) == 1 and "None.ks" in result.failures[0] and "sif_agent_key_store_create" in result.failures[0]
    assert agent.checksums() == before and agent.running


def test_a_store_that_the_agent_does_not_read_is_refused(agent, plays, https_district):
    agent.control("start")
    before = agent.checksums()
    result = plays.run("k12.sif.connect", {"oak": dict(https_district, sif_agent_method="HTTP")})
    assert result.status != 0
    assert len(result.failures) == 1 and "would have no effect" in result.failures[0]
    assert agent.checksums() == before and agent.running
