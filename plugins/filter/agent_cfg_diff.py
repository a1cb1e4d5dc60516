# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter k12.sif.agent_cfg_diff."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.compare import differences
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document, DocumentError
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.given_text import bytes_of

DOCUMENTATION = r"""
name: agent_cfg_diff
short_description: Compare two agent.cfg texts by what they mean
version_added: 0.1.0
description:
  - Lists what differs in meaning between two C(agent.cfg) files (SIFWorks ADK / OpenADK format).
  - A file that the agent or its console saved again has no differences. Order of attributes, white space, line ends, encoding and
    comments do not count, nor what an agent rewrites when it loads a file (C(sifVersion="2.3") is C(sifVersion="=2.3")).
  - Everything that can mean something counts, also elements and attributes that only the product knows.
positional: _input, after
options:
  _input:
    description: Text of the file before.
    type: str
    required: true
  after:
    description: Text of the file after.
    type: str
    required: true
seealso:
  - module: k12.sif.agent_cfg_info
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Show which settings somebody changed in the console since the last backup
  ansible.builtin.debug:
    msg: "{{ backup.content | b64decode | k12.sif.agent_cfg_diff(now.content | b64decode) }}"

# With backup and now registered from ansible.builtin.slurp, the result is for example
# - location: "agent[@id='SIS']/zone[@id='KIMONO']"
#   setting: adk.messaging.pullFrequency
#   before: "30000"
#   after: "60000"
"""

RETURN = r"""
_value:
  description: One entry for each difference. Empty when the files mean the same.
  type: list
  elements: dict
  contains:
    location:
      description: Path of the element that holds the setting.
      type: str
      sample: agent[@id='SIS']/zone[@id='KIMONO']
    setting:
      description: Name of a property, C(@name) of an attribute, V(text), V(element) for a whole element, or V(order).
      type: str
      sample: adk.messaging.pullFrequency
    before:
      description: Value before, null when there was none. Passwords and keys are masked as C(********).
      type: str
      sample: "30000"
    after:
      description: Value after, null when there is none. Passwords and keys are masked as C(********).
      type: str
      sample: "60000"
"""


def agent_cfg_diff(before: str, after: str) -> list[dict[str, str | None]]:
    """See the documentation above."""
    return differences(_document("before", before), _document("after", after))


def _document(which: str, text: t.Any) -> Document:
    if not isinstance(text, (str, bytes)):
        raise AnsibleFilterError(f"agent_cfg_diff: the file {which} is no text but a {type(text).__name__}.")
    try:
        return Document.parse(bytes_of(text))
    except DocumentError as error:
        raise AnsibleFilterError(f"agent_cfg_diff: the file {which} cannot be read: {error}") from None


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"agent_cfg_diff": agent_cfg_diff}
