# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter k12.sif.connection_checks."""

from __future__ import annotations

import datetime
import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError
from ansible_collections.k12.sif.plugins.plugin_utils._host.profiles import read_profile
from ansible_collections.k12.sif.plugins.plugin_utils._verify.checks import connection_checks as judge
from ansible_collections.k12.sif.plugins.plugin_utils._verify.checks import report
from ansible_collections.k12.sif.plugins.plugin_utils._verify.summary import summary

DOCUMENTATION = r"""
name: connection_checks
short_description: Judge what was learned of a SIF agent's connection
version_added: 0.1.0
description:
  - Makes named checks, each with result, evidence and remedy, from what the modules of this collection returned for one agent.
  - The role P(k12.sif.sif_agent_verify#role) gathers those results and calls this filter; the role's tasks show its input.
positional: _input
options:
  _input:
    description:
      - The inventory's words (C(wanted)) and the results of the tasks (C(plan), C(other_smp), C(config), C(chain), C(store), C(store_plan),
        C(zone), C(process)). The result of a task that failed or was skipped is given as it is.
    type: dict
    required: true
  host:
    description: Name of the host, for the report.
    type: str
    required: true
  profile:
    description: Says where the product keeps its own settings, as for O(k12.sif.agent_cfg#module:profile).
    type: raw
    required: true
seealso:
  - plugin: k12.sif.connection_table
    plugin_type: filter
author:
  - The k12.sif contributors
"""

EXAMPLES = r"""
- name: Judge
  ansible.builtin.set_fact:
    sif_agent_verify_result: "{{ facts | k12.sif.connection_checks(host=inventory_hostname, profile='lab') }}"
"""

RETURN = r"""
_value:
  description: The report of the host.
  type: dict
  contains:
    host:
      description: Name of the host.
      type: str
    checked_at:
      description: When it was judged, UTC.
      type: str
      sample: "2026-09-01T08:00:00Z"
    passed:
      description: Whether no check fails, and everything that makes a connection is known.
      type: bool
    failed:
      description: Names of the checks that fail.
      type: list
      elements: str
    unproved:
      description:
        - Names of the checks that are unknown and without which nobody can say that the agent is connected. Of C(agent_running),
          C(zis_reachable), C(zone_ready), C(registered), C(registered_mode), C(agent_awake), C(provides) and C(certificate).
      type: list
      elements: str
    checks:
      description:
        - All checks in a fixed order, each with C(name), C(title), C(result) (V(pass), V(fail), V(warn), V(skipped), V(unknown)),
          C(evidence) and C(remedy).
      type: list
      elements: dict
    facts:
      description:
        - Values for a report over many agents. C(zis_url), C(zone_id) and C(method) of the inventory; C(lost), whether the host could not be
          reached any more while it was asked; C(school_year), with the year that is C(wanted), the one that is C(shared) (null when that is
          not known) and whether the wanted one is C(over); C(certificates), each with C(where), C(subject), C(not_after) and C(sha256).
      type: dict
"""


def connection_checks(data: t.Any, host: str, profile: t.Any) -> dict[str, t.Any]:
    """See the documentation above."""
    now = datetime.datetime.now(datetime.timezone.utc)
    today = now.astimezone().date()
    try:
        known = read_profile(profile)
        return {**report(host, judge(data, known, today), now), "facts": summary(data, known, today)}
    except (InputError, ValueError) as error:
        raise AnsibleFilterError(f"connection_checks: {error}") from None


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"connection_checks": connection_checks}
