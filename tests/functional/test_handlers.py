# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules in a play of one's own: any number of changes notify a handler once, no change and check mode do not."""

from __future__ import annotations

import pytest
import yaml
from conftest import STORE_PASSWORD

PLAY = """
- hosts: sif_agents
  gather_facts: false
  tasks:
    - k12.sif.agent_cfg:
        path: "{{ sif_agent_config_path }}"
        properties:
          adk.messaging.pullFrequency: "{{ pull_frequency }}"
      notify: Restart the agent
    - k12.sif.truststore:
        path: "{{ sif_agent_config_path | dirname }}/Trust.ks"
        password: "{{ sif_agent_trust_store_password }}"
        certificates: "{{ sif_agent_certificates }}"
      notify: Restart the agent
  handlers:
    - name: Restart the agent
      ansible.builtin.shell: "{{ sif_agent_stop_command | join(' ') }} && {{ sif_agent_start_command | join(' ') }}"
"""


@pytest.fixture
def play(tmp_path):
    path = tmp_path / "play.yml"
    path.write_text(PLAY)
    assert len(yaml.safe_load(PLAY)[0]["tasks"]) == 2
    return str(path)


def test_a_handler_fires_once_for_two_changes_and_not_for_none(agent, plays, district, authority, play):
    agent.control("start")
    variables = {
        **district,
        "pull_frequency": "700",
        "sif_agent_certificates": [{"content": authority.ca.read_text()}],
        "sif_agent_trust_store_password": STORE_PASSWORD,
    }
    process = agent.process_id

    def handled(*options):
        result = plays.run(play, {"oak": variables}, *options)
        assert result.status == 0, result.output
        return [len(result.changed), sum(item["task"] == "Restart the agent" and item["status"] == "changed" for item in result.results)]

    # A command does nothing in check mode, so the handler is called and skipped there.
    assert handled("--check") == [2, 0] and agent.process_id == process
    assert handled() == [3, 1]
    restarted = agent.process_id
    assert restarted != process
    assert handled("--check") == [0, 0] and handled() == [0, 0]
    assert agent.process_id == restarted
