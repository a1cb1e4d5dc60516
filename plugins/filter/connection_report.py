# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter k12.sif.connection_report."""

from __future__ import annotations

import json
import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.k12.sif.plugins.plugin_utils._report.last import Last, read_last
from ansible_collections.k12.sif.plugins.plugin_utils._report.report import make

DOCUMENTATION = r"""
name: connection_report
short_description: Make one report over many districts
version_added: 0.1.0
description:
  - Makes a self-contained HTML page, a CSV table and JSON data from what P(k12.sif.connection_checks#filter) found on each host.
  - The playbook C(k12.sif.report) gathers the input, calls this filter and writes the files; docs/report.md says what is in them.
  - The same input with the same O(at) makes the same report.
positional: _input
options:
  _input:
    description:
      - One entry for each host that was asked. C(host) is its name in the inventory.
      - C(document) is what P(k12.sif.connection_checks#filter) returned, or C(failure) the reason why there is none. A host with neither is
        reported as one that could not be checked.
      - C(hosted) is true for a district whose server PowerSchool hosts; C(zone) may then be what M(k12.sif.zone_info) said of its agent.
      - C(given) is true for a document that was not made for this report.
      - C(name), C(code), C(contact), C(zis_url), C(zone_id), C(method) and C(school_year) may tell of the district.
    type: list
    elements: dict
    required: true
  at:
    description: When the report is made, UTC, such as V(2026-11-24T06:00:00Z).
    type: str
    required: true
  title:
    description: Heading of the page.
    type: str
    default: SIF connections
  inventory:
    description:
      - Names of all hosts that the report is about. One that is not in the input is shown as the last report had it, with the date of that,
        or as not checked.
    type: list
    elements: str
    default: []
  last:
    description: The JSON data of the last report, as text. Empty when there is none.
    type: str
    default: ''
  last_name:
    description: Where O(last) comes from, for messages.
    type: str
    default: the last report
  expiry_days:
    description: Mark a certificate that is valid for fewer days.
    type: int
    default: 30
  max_age_days:
    description:
      - What is known of a district, and was not learned for this report, counts for so many days. A district of which only older things
        are known is not checked.
    type: int
    default: 30
seealso:
  - plugin: k12.sif.connection_checks
    plugin_type: filter
author:
  - The k12.sif contributors
"""

EXAMPLES = r"""
- name: Show how many districts are connected
  ansible.builtin.debug:
    msg: "{{ (entries | k12.sif.connection_report(at='2026-11-24T06:00:00Z')).totals.connected }}"
"""

RETURN = r"""
_value:
  description: The report in all its forms.
  type: dict
  contains:
    html:
      description: The page.
      type: str
    csv:
      description: The table.
      type: str
    json:
      description: The data, which the next report is compared with.
      type: str
    lines:
      description: The report in a few lines.
      type: list
      elements: str
    totals:
      description: Number of districts by state, C(connected), C(problem), C(waiting), C(unchecked).
      type: dict
    attention:
      description: Names of the hosts that have a problem or could not be checked.
      type: list
      elements: str
"""


def connection_report(
    entries: t.Any, at: str, title: str = "SIF connections", inventory: t.Any = (), last: str = "", last_name: str = "the last report",
    expiry_days: int = 30, max_age_days: int = 30,
) -> dict[str, t.Any]:
    """See the documentation above."""
    try:
        days = (_days(expiry_days, "expiry_days"), _days(max_age_days, "max_age_days"))
        report = make(_plain(entries), _plain(inventory), str(at), str(title), _last(str(last), last_name), *days)
    except ValueError as error:
        raise AnsibleFilterError(f"connection_report: {error}") from None
    return {
        "html": report.html, "csv": report.csv, "json": report.json, "lines": list(report.lines), "totals": dict(report.totals),
        "attention": list(report.attention),
    }  # fmt: skip


def _days(value: t.Any, name: str) -> int:
    if str(value).isdecimal():
        return int(value)
    raise ValueError(f"{name} is {value!r}, which is no number of days. Remedy: give a whole number, 0 or more.")


def _last(text: str, name: str) -> Last | None:
    if not text.strip():
        return None
    try:
        return read_last(json.loads(text))
    except ValueError as error:
        raise ValueError(f"{name} cannot be read: {error}. Remedy: move it away; then this report is compared with none.") from None


def _plain(value: t.Any) -> t.Any:
    """The same without Ansible's own kinds of containers and texts, which not every consumer treats as what they stand for."""
    if isinstance(value, t.Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, t.Iterable):
        return [_plain(item) for item in value]
    return value


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"connection_report": connection_report}
