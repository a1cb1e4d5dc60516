# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test k12.sif.cloud_hosted."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.host_kind import HostKindError, is_cloud_hosted
from jinja2 import Undefined

DOCUMENTATION = r"""
name: cloud_hosted
short_description: Tell whether PowerSchool hosts a PowerSchool
version_added: 0.1.0
description:
  - True when the host of the URL is C(powerschool.com) or a name below it. Then the agent cannot be reached, and PowerSchool has
    to be asked to connect it, with the role P(k12.sif.sif_agent_hosting_request#role).
  - False for every other host, which is the institution's, its region's or its state's own; also for a host that only looks alike,
    such as C(powerschool.com.example.org) or C(notpowerschool.com), and for one whose user name or query does.
  - Upper and lower case, a port, a path, a dot at the end and a missing V(https://) do not matter.
  - What is no URL is an error, because a guess would send a district the wrong way.
positional: _input
options:
  _input:
    description: The URL of a PowerSchool.
    type: str
    required: true
seealso:
  - plugin: k12.sif.cloud_hosted
    plugin_type: filter
author:
  - The k12.sif contributors
"""

EXAMPLES = r"""
- name: Ask PowerSchool to connect the agents that it hosts
  ansible.builtin.include_role:
    name: k12.sif.sif_agent_hosting_request
  when: sif_agent_powerschool_url is k12.sif.cloud_hosted
"""

RETURN = r"""
_value:
  description: V(true) when PowerSchool hosts it.
  type: bool
"""


def cloud_hosted(url: t.Any) -> bool:
    """See the documentation above."""
    try:
        return is_cloud_hosted(None if isinstance(url, Undefined) else url)
    except HostKindError as error:
        raise AnsibleFilterError(f"k12.sif.cloud_hosted: {error}") from None


class TestModule:
    """What Ansible asks for."""

    def tests(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"cloud_hosted": cloud_hosted}
