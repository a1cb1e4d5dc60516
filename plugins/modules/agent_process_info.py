#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module k12.sif.agent_process_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: agent_process_info
short_description: Tell whether a SIF agent runs, since when, and what its log complains about
version_added: 0.1.0
description:
  - Tells, in one execution on the host, whether the agent runs, since when, when its files were last changed, and which known
    errors the end of its log holds. Nothing is changed.
  - The log itself never leaves the host, because it can hold data of students. Only the words of known errors are returned.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  platform:
    platforms: posix, windows
options:
  service:
    description:
      - Name of the agent's systemd or Windows service.
      - Exactly one of O(service) and O(status_command) is required.
    type: str
  status_command:
    description:
      - Command that tells whether the agent runs. Exit status 0 means running, 3 not running (as in init scripts).
      - Exactly one of O(service) and O(status_command) is required.
    type: list
    elements: str
  directory:
    description:
      - Working directory of the agent's process. Without O(service) the process is found by it.
      - On Windows hosts, a folder that holds the Java program of the agent, which its process is found by without O(service).
    type: path
    required: true
  files:
    description: Files whose last change is asked for.
    type: list
    elements: path
    default: []
  log_path:
    description: The agent's log. It is not looked at when not given.
    type: path
  log_bytes:
    description: How much of the end of the log is looked at, in bytes.
    type: int
    default: 1048576
  zone_ids:
    description: Ids of the agent's zones, to tell which zone an error is about.
    type: list
    elements: str
    default: []
notes:
  - The start of a process is read in C(/proc), so it is known on Linux and Windows only. Processes of other accounts need C(become).
  - On Windows hosts modules of C(ansible.windows) are asked from the controller. Of the log only times, words of known errors and zone
    ids leave the host.
seealso:
  - module: k12.sif.zone_info
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Look at the agent
  k12.sif.agent_process_info:
    service: sif-agent
    directory: /opt/sif-agent
    files:
      - /opt/sif-agent/agent.cfg
    log_path: /opt/sif-agent/logs/agent.log
  register: agent

- name: Find out whether the agent works with its present file
  ansible.builtin.assert:
    that: agent.files[0].changed_at < agent.started_at
"""

RETURN = r"""
running:
  description: Whether the agent runs; null when that cannot be known.
  returned: success
  type: bool
status:
  description: What the service manager or the command said.
  returned: success
  type: str
  sample: systemd says active (running)
pid:
  description: The agent's process; null when it is not known.
  returned: success
  type: int
started_at:
  description: When that process started, in seconds since 1970; null when it is not known.
  returned: success
  type: float
started_unknown:
  description: Why RV(started_at) is not known; null when it is.
  returned: success
  type: str
files:
  description: The files, in the order of O(files).
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The path.
      type: str
    exists:
      description: Whether there is such a file; null when that cannot be known.
      type: bool
    changed_at:
      description: When its content was last changed, in seconds since 1970; null when it is not known.
      type: float
    error:
      description: Why the file could not be looked at; null when it could.
      type: str
log:
  description: What the end of the log holds since the agent's last start; null without O(log_path).
  returned: success
  type: dict
  contains:
    path:
      description: The path.
      type: str
    error:
      description: Why it could not be read; null when it could. The other values are missing then.
      type: str
    records:
      description: How many records were judged.
      type: int
    covers_start:
      description: Whether what was read reaches back to the start of the process; null when that cannot be known.
      type: bool
    findings:
      description:
        - One for each kind of error and zone. C(code), how often (C(count)), the last one's words (C(excerpt)), the C(zones) named
          with it, and whether the log tells of a success of the same zones afterwards (C(resolved)).
      type: list
      elements: dict
    registered:
      description: Zones of O(zone_ids) of which the log says C(SIF_Register successful).
      type: list
      elements: str
    provisioned:
      description: Zones of O(zone_ids) of which the log says that what the agent provides was accepted.
      type: list
      elements: str
"""

import os
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.k12.sif.plugins.module_utils._process.log import scan
from ansible_collections.k12.sif.plugins.module_utils._process.processes import Unknown, java_process_in, read_service, started_at

# The same for the action plugin.
ARGUMENTS = {
    "service": {"type": "str"},
    "status_command": {"type": "list", "elements": "str"},
    "directory": {"type": "path", "required": True},
    "files": {"type": "list", "elements": "path", "default": []},
    "log_path": {"type": "path"},
    "log_bytes": {"type": "int", "default": 1048576},
    "zone_ids": {"type": "list", "elements": "str", "default": []},
}
RULES = {"mutually_exclusive": [("service", "status_command")], "required_one_of": [("service", "status_command")]}
# 1 and 2 are "dead, but left a pid or lock file" for init scripts.
LSB_STATUS = {0: True, 1: False, 2: False, 3: False}
_SERVICE_PROPERTIES = "LoadState,ActiveState,SubState,MainPID"


def ask_service(module: AnsibleModule, service: str) -> t.Tuple[t.Optional[bool], str, int]:
    """Whether it runs, what systemd said, and the main process (0 when there is none)."""
    command = ["systemctl", "show", "--property=" + _SERVICE_PROPERTIES, "--", service]
    try:
        status, output, errors = module.run_command(command, handle_exceptions=False)
    except (OSError, ValueError) as error:
        return None, "systemctl cannot be run: {0}".format(error), 0
    found = read_service(output)
    if status != 0 or "ActiveState" not in found:
        return None, "systemctl ended with status {0}: {1}".format(status, errors.strip()[:200]), 0
    if found.get("LoadState") != "loaded":
        return None, "systemd knows no service {0} ({1})".format(service, found.get("LoadState")), 0
    text = "systemd says {0} ({1})".format(found["ActiveState"], found.get("SubState"))
    return found["ActiveState"] in ("active", "reloading"), text, int(found.get("MainPID") or 0)


def ask_command(module: AnsibleModule, command: t.List[str]) -> t.Tuple[t.Optional[bool], str, int]:
    """Whether it runs by the command's exit status, and that status."""
    try:
        status = module.run_command(command, handle_exceptions=False)[0]
    except (OSError, ValueError) as error:
        return None, "the status command cannot be run: {0}".format(error), 0
    return LSB_STATUS.get(status), "the status command ended with status {0}".format(status), 0


def look_at_file(path: str) -> t.Dict[str, t.Any]:
    """Whether it is there, and when it was changed."""
    try:
        return {"path": path, "exists": True, "changed_at": os.stat(path).st_mtime, "error": None}
    except FileNotFoundError:
        return {"path": path, "exists": False, "changed_at": None, "error": None}
    except OSError as error:
        return {"path": path, "exists": None, "changed_at": None, "error": error.strerror}


def look_at_log(path: str, size: int, since: t.Optional[float], zone_ids: t.List[str]) -> t.Dict[str, t.Any]:
    """What the end of the log holds."""
    try:
        with open(path, "rb") as stream:
            length = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, length - size))
            data = stream.read(size)
    except OSError as error:
        return {"path": path, "error": error.strerror}
    if length > size:
        data = data.partition(b"\n")[2]  # the first line is cut
    return dict(scan(data.decode("utf-8", "replace"), since, zone_ids), path=path, error=None)


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True, **RULES)
    given = module.params
    if given["log_bytes"] <= 0:
        module.fail_json(msg="log_bytes must be more than 0.")
    running, status, pid = ask_service(module, given["service"]) if given["service"] else ask_command(module, given["status_command"])
    started = unknown = None
    try:
        if not running:
            raise Unknown("the agent does not run" if running is False else status)
        pid = pid or java_process_in(given["directory"])
        started = started_at(pid)
    except Unknown as error:
        unknown = str(error)
    module.exit_json(
        changed=False,
        running=running,
        status=status,
        pid=pid or None,
        started_at=started,
        started_unknown=unknown,
        files=[look_at_file(path) for path in given["files"]],
        log=look_at_log(given["log_path"], given["log_bytes"], started, given["zone_ids"]) if given["log_path"] else None,
    )


if __name__ == "__main__":
    main()
