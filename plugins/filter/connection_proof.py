# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter k12.sif.connection_proof."""

from __future__ import annotations

import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._verify.proof import proof

DOCUMENTATION = r"""
name: connection_proof
short_description: Judge whether the ZIS confirms the SIF agent that was started last
version_added: 0.1.0
description:
  - A ZIS keeps what it was told. It shows an agent that was killed as awake, and goes on to list what an agent provided before when a
    later C(SIF_Provision) of that agent is refused. This filter tells whether the word of the ZIS is about the agent's present process.
  - That follows from what the ZIS said while the agent was stopped, or from the agent's log since its start.
positional: _input
options:
  _input:
    description:
      - C(zone), what M(k12.sif.zone_info) returned now; C(absent), what it returned while the agent was stopped, empty when it was not asked;
        C(process), what M(k12.sif.agent_process_info) returned with its O(k12.sif.agent_process_info#module:log_path), empty when it was
        not asked.
    type: dict
    required: true
  zone_id:
    description: Id of the zone.
    type: str
    required: true
  provides:
    description: Whether the agent has to be a provider of objects.
    type: bool
    default: true
  waited:
    description: Seconds since the log was looked at for the first time.
    type: float
    default: 0
seealso:
  - module: k12.sif.zone_info
  - module: k12.sif.agent_process_info
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Wait until the restarted agent is connected
  k12.sif.zone_info:
    url: https://zis.example.org/district
    source_id: PowerSchool
  register: zone
  until: (facts | k12.sif.connection_proof(zone_id="district")).connected
  vars:
    facts:
      zone: "{{ zone }}"
      absent: "{{ zone_before_the_start }}"
      process: {}
"""

RETURN = r"""
_value:
  description: What is known.
  type: dict
  contains:
    connected:
      description: Whether the ZIS confirms the agent, and nothing speaks for that being said of an earlier process.
      type: bool
    needs_log:
      description: Whether only the agent's log can tell that the word of the ZIS is about the present process.
      type: bool
    settled:
      description: Whether looking at the log again would not tell more.
      type: bool
    doubt:
      description: Why the word of the ZIS does not count, or what is not proved although it counts; empty without a doubt.
      type: str
    remedy:
      description: What to do about the doubt.
      type: str
"""


def connection_proof(facts: t.Mapping[str, t.Any], zone_id: str, provides: bool = True, waited: float = 0) -> dict[str, t.Any]:
    """See the documentation above."""
    return proof(facts["zone"], facts["absent"], facts["process"], zone_id, provides, float(waited))._asdict()


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"connection_proof": connection_proof}
