#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: restore_point
version_added: 0.1.0
short_description: Change the files of an agent with a way back
description:
  - Keeps the files that a run is about to change as one restore point on the host, stops and starts the agent around the
    change, and puts the files back when the change is not proved.
  - A guard, a process on the host, undoes a change whose run gives no sign of life any more, for example because the
    connection was lost. So nobody is left with a stopped agent.
  - On Windows hosts the controller does the same through modules of C(ansible.windows), and there is no guard. An interrupted run is
    recognised and undone by the next one, see O(guard_timeout).
  - The role C(k12.sif.sif_agent) uses it; a play that changes other files of an agent may use it in the same way.
author:
  - The k12.sif contributors (@k12-sif)
requirements:
  - Python 3.7 or newer on the host; nothing but its standard library.
  - For Windows hosts, the collection C(ansible.windows) on the controller.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
attributes:
  check_mode:
    support: full
    details: In check mode nothing is stopped, started or written; the result tells what the state would do first.
  diff_mode:
    support: none
  platform:
    platforms: posix, windows
options:
  directory:
    description:
      - Directory for the restore points of this agent. Made with mode 0700 by V(kept), if it is not there.
    type: path
    required: true
  state:
    description:
      - V(listed) tells which points there are and whether the agent runs; it changes nothing.
      - V(kept) begins a change. It starts the guard, stops the agent, waits until its process is gone and keeps O(paths). Fails
        when another change is open.
      - V(recalled) puts back, as the change to make between V(kept) and V(tried), what the files were when the closed point O(name) was
        made, those included that only later points keep.
      - V(tried) starts the agent with the changed files and fails when it ends at once.
      - V(proved) ends the change for good. A point whose files were not changed is removed, as are the oldest above O(keep). What
        cannot be removed is a warning.
      - V(restored) undoes the open change. Stops the agent, puts the files back and starts the agent. An agent that runs with
        unchanged files, and was not started with others, is left alone.
    type: str
    choices: [listed, kept, recalled, tried, proved, restored]
    default: listed
  name:
    description:
      - Name of the point, as V(kept) returned it.
      - Required with V(recalled), V(tried) and V(proved). V(restored) takes the open point without it.
    type: str
  paths:
    description:
      - The files to keep, with V(kept). One that does not exist is kept as absent.
    type: list
    elements: path
    default: []
  wanted:
    description:
      - What the run wants to change, in words, for the manifest. Must not have secrets.
    type: list
    elements: str
    default: []
  keep:
    description: Number of proved points to keep on the host, and of restored ones.
    type: int
    default: 5
  guard_timeout:
    description:
      - Seconds without a sign of life after which the guard undoes the change. Each use of this module on the open point is one.
      - Must be more than the longest pause between two of them; V(0) starts no guard.
      - On Windows hosts, seconds without a sign of life after which the next run takes this one for interrupted.
    type: int
    default: 600
  service:
    description: Name of the agent's systemd or Windows service. Give this or the three commands.
    type: str
  start_command:
    description: Program and arguments that start the agent and return.
    type: list
    elements: str
  stop_command:
    description: Command that stops the agent.
    type: list
    elements: str
  status_command:
    description:
      - Command that tells whether the agent runs. Exit status 0 means running, 3 not running (as in init scripts).
      - On Windows hosts every other status is an error; with 1 PowerShell ends when something went wrong.
    type: list
    elements: str
  pid_file:
    description: File with the number of the agent's process. Needed for O(force_stop) with commands.
    type: path
  stop_timeout:
    description: Seconds to wait until the agent's process is gone.
    type: int
    default: 60
  force_stop:
    description: Kill the process when it is still there after O(stop_timeout).
    type: bool
    default: false
  log_path:
    description: The agent's log. What it says since the start is returned.
    type: path
notes:
  - A Windows service is stopped together with the services that depend on it and run, and these are started again after it.
  - The guard is a process that the module leaves behind. A host whose systemd ends all processes of a session at its end
    (C(KillUserProcesses=yes)) ends it, too; the next run then finds the open point and undoes it.
"""

EXAMPLES = r"""
- name: Change a file of the agent with a way back
  vars:
    control:
      directory: /opt/sif-agent/restore-points
      service: sif-agent
  module_defaults:
    k12.sif.restore_point: "{{ control }}"
  block:
    - name: Stop the agent and keep the file
      k12.sif.restore_point:
        state: kept
        paths: [/opt/sif-agent/agent.cfg]
      register: change

    - name: Change it
      k12.sif.agent_cfg:
        path: /opt/sif-agent/agent.cfg
        properties:
          adk.messaging.pullFrequency: "60000"

    - name: Start the agent
      k12.sif.restore_point:
        state: tried
        name: "{{ change.point.name }}"

    - name: Prove it
      k12.sif.zone_info:
        url: https://zis.example.org/district
        source_id: PowerSchool
      register: zone
      until: zone.connected
      failed_when: not zone.connected

    - name: Keep the change
      k12.sif.restore_point:
        state: proved
        name: "{{ change.point.name }}"
  rescue:
    - name: Undo the change
      k12.sif.restore_point:
        state: restored

- name: List the restore points
  k12.sif.restore_point:
    directory: /opt/sif-agent/restore-points
"""

RETURN = r"""
points:
  description: All restore points, oldest first.
  returned: state is V(listed)
  type: list
  elements: dict
open:
  description: The open point, or V(null). Its run is at work, or was interrupted.
  returned: state is V(listed)
  type: dict
guard_alive:
  description: Whether a guard watches over the open point. On Windows hosts, whether its run gave a sign of life recently.
  returned: state is V(listed)
  type: bool
guarded_until:
  description: When the guard undoes the open point, unless there is a sign of life before (UTC).
  returned: state is V(listed), with a guard
  type: str
  sample: "2026-08-01T10:10:00Z"
if_interrupted:
  description: What becomes of the open point if its run was interrupted, as words of a sentence.
  returned: state is V(listed), with a guard
  type: str
  sample: its guard undoes it at 2026-08-01T10:10:00Z
agent_runs:
  description: Whether the agent runs now.
  returned: when it is known how to ask (O(service) or O(status_command))
  type: bool
point:
  description: The point worked on.
  returned: state is not V(listed), except V(kept) in check mode
  type: dict
  contains:
    name:
      description: Its name, the time (UTC) at which it was made.
      type: str
      sample: 2026-08-01T100000.123456Z
    directory:
      description: Where it is.
      type: str
    state:
      description: V(open), V(proved) or V(restored).
      type: str
    restored_by:
      description: Who restored it, V(the run) or V(the guard).
      type: str
    agent_ran:
      description: Whether the agent ran before the change.
      type: bool
    wanted:
      description: What the run wanted to change.
      type: list
      elements: str
    files:
      description: The kept files, with C(path), C(exists), C(sha256), C(mode), C(owner) and C(group).
      type: list
      elements: dict
    history:
      description: What happened, each with C(at) and C(what).
      type: list
      elements: dict
put_back:
  description: Paths of the files that were put back.
  returned: state is V(recalled) or V(restored)
  type: list
  elements: str
removed:
  description: Names of the points that were removed.
  returned: state is V(proved)
  type: list
  elements: str
log_findings:
  description: The words of known errors in the agent's log since its start. The log itself stays on the host.
  returned: with O(log_path), state is V(listed), V(tried) or V(restored)
  type: list
  elements: str
unit:
  description:
    - The properties of the unit that tell which Java it starts, as C(systemctl show) names them, with passwords hidden.
    - Of a Windows service those of M(ansible.windows.win_service_info), with C(wrapper), what the file of a Java Service Wrapper or WinSW
      says of its Java, C(variables), the environment variables that these refer to, and C(unknown), why they could not be read.
  returned: with O(service), state is V(listed)
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.k12.sif.plugins.module_utils._recovery.change import ARGUMENTS, RULES, Change, ChangeError


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True, **RULES)
    try:
        result = getattr(Change(module.params, module.check_mode), module.params["state"])()
    except ChangeError as error:
        module.fail_json(msg=str(error), **error.facts)
    for warning in result.pop("warnings", []):
        module.warn(warning)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
