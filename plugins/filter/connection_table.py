# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter k12.sif.connection_table."""

from __future__ import annotations

import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._verify.table import table

DOCUMENTATION = r"""
name: connection_table
short_description: Show reports of connection checks as a table
version_added: 0.1.0
description:
  - Makes one table of text from the reports of several hosts. What fails stands first.
positional: _input
options:
  _input:
    description: Reports, as P(k12.sif.connection_checks#filter) makes them.
    type: list
    elements: dict
    required: true
seealso:
  - plugin: k12.sif.connection_checks
    plugin_type: filter
author:
  - The k12.sif contributors
"""

EXAMPLES = r"""
- name: Show what was found on all hosts
  ansible.builtin.debug:
    msg: "{{ ansible_play_hosts | map('extract', hostvars, 'sif_agent_verify_result') | k12.sif.connection_table }}"
"""

RETURN = r"""
_value:
  description: The lines of the table.
  type: list
  elements: str
"""


def connection_table(reports: t.Iterable[t.Mapping[str, t.Any]]) -> list[str]:
    """See the documentation above."""
    return table(list(reports))


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"connection_table": connection_table}
