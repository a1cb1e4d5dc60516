# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter k12.sif.service_java."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError
from ansible_collections.k12.sif.plugins.plugin_utils._service.systemd import java_of_unit
from ansible_collections.k12.sif.plugins.plugin_utils._service.windows import java_of_service

DOCUMENTATION = r"""
name: service_java
short_description: Tell which Java a service starts
version_added: 0.1.0
description:
  - Reads the properties of a systemd unit, as M(ansible.builtin.systemd_service) returns them under C(status), and tells which Java
    the service starts, with which C(-D) options, and where. From these follows which trust store an agent reads.
  - A unit that starts a script tells only its environment; what the script does cannot be seen.
  - Of a Windows service, as RV(k12.sif.restore_point#module:unit) returns it, it reads the image path and the configuration of a Java
    Service Wrapper or WinSW. Of another program it takes the C(jre) in the program's folder; nobody has seen then whether it is there.
options:
  _input:
    description: The properties of the unit, or of the Windows service.
    type: dict
    required: true
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Look at the agent's service
  ansible.builtin.systemd_service:
    name: sif-agent
  check_mode: true
  register: unit

- name: Show the home of its Java
  ansible.builtin.debug:
    msg: "{{ (unit.status | k12.sif.service_java).java_home }}"
"""

RETURN = r"""
_value:
  description: What the unit says about Java.
  type: dict
  contains:
    java:
      description: Path of the C(java) program that is started, null when something else is.
      type: str
    java_home:
      description: Home of that Java, else C(JAVA_HOME) of the unit's environment, else null. A link is not resolved.
      type: str
    system_properties:
      description: The C(-D) options, name to value.
      type: dict
    working_directory:
      description: Working directory of the process, null when the unit does not say.
      type: str
    unknown:
      description: Why something that the service refers to could not be read on a Windows host, else null.
      type: str
"""


def service_java(status: t.Mapping[str, str]) -> dict[str, t.Any]:
    """See the documentation above."""
    if not isinstance(status, t.Mapping):
        raise AnsibleFilterError("k12.sif.service_java needs the properties of a unit. Remedy: give the status of ansible.builtin.systemd_service.")
    # Only ansible.windows.win_service_info speaks of an image path; systemd begins all its names with a capital.
    return java_of_service(status) if "path" in status else java_of_unit(status)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"service_java": service_java}
