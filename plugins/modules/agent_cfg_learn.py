#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which does the work on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: agent_cfg_learn
short_description: Find out where a product keeps a setting of its console in agent.cfg
version_added: 0.1.0
description:
  - Takes an C(agent.cfg) from before and from after somebody changed exactly one setting in the product's console, finds the
    place that changed and how the value is written, and adds it to a profile for M(k12.sif.agent_cfg).
  - What is learned is proved first. M(k12.sif.agent_cfg) with the new profile would make of the file before what the console made.
  - Only differences in meaning count, as for the filter P(k12.sif.agent_cfg_diff#filter); consoles write the whole file anew.
  - The playbook C(k12.sif.learn) reads the files, asks the operator, and calls this module.
notes:
  - The task fails, and nothing is written, when nothing differs, when more than one place could be the setting, when the change is
    in another zone, or when a profile cannot name the place. The message lists what differs.
  - Passwords in the files are neither learned nor shown. Read the files with C(no_log), because their content is not masked there.
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - ansible.builtin.action_common_attributes.conn
  - ansible.builtin.action_common_attributes.flow
attributes:
  action:
    support: full
  async:
    support: none
  become:
    support: none
  bypass_host_loop:
    support: none
  check_mode:
    support: full
  connection:
    support: none
    details: Works on the controller only. Nothing is read from or written to the host.
  delegation:
    support: none
  diff_mode:
    support: full
    details: Shows the change of the profile.
  platform:
    platforms: all
options:
  before:
    description: The file before the change, in base64 as M(ansible.builtin.slurp) returns it.
    type: str
    required: true
  after:
    description:
      - The file after the change, in base64.
      - Without it the other options are checked, and RV(console) tells where to make the change.
    type: str
  back:
    description:
      - For O(setting=smp), the file after the setting was changed back, in base64.
      - Needed when the setting was not in the file before, so that one change shows the word for on or off only. RV(complete) tells.
    type: str
  setting:
    description: The setting that was changed.
    type: str
    choices: [school_year, schools, smp]
    required: true
  zone:
    description: Id of the zone in which it was changed.
    type: str
    required: true
  to:
    description:
      - What it was set to. A school year such as V(2026-2027); the numbers or names of the chosen schools, two or more, as a list or
        with commas between; V(on) or V(off).
    type: raw
    required: true
  from:
    description:
      - The school year that was set before. Needed where the product writes years as numbers of its own, for example V(36).
    type: str
  known_schools:
    description: All schools of the district, so that it shows whether the file names them by number, name or id.
    type: list
    elements: dict
    default: []
    suboptions:
      number:
        description: School number.
        type: str
        required: true
      name:
        description: School name.
        type: str
      id:
        description: What the product calls the school inside.
        type: str
  ignore:
    description: Settings that the console changes at every save, by the name that the list of differences gives them.
    type: list
    elements: str
    default: []
  profile:
    description: Profile to begin with when O(profile_file) is not there yet. As for M(k12.sif.agent_cfg).
    type: raw
    default: adk
  profile_file:
    description:
      - YAML file on the controller that gets the entry. Its other entries stay, its comments do not.
      - In a folder C(group_vars) or C(host_vars) it holds the variable C(sif_agent_profile) and nothing else; anywhere else the profile
        itself, for use as C(sif_agent_profile=PATH).
    type: path
    required: true
seealso:
  - module: k12.sif.agent_cfg
  - plugin: k12.sif.agent_cfg_diff
    plugin_type: filter
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Learn where the school year is
  k12.sif.agent_cfg_learn:
    before: "{{ before.content }}"
    after: "{{ after.content }}"
    setting: school_year
    zone: CANVAS_DISTRICT
    to: 2026-2027
    profile: powerschool
    profile_file: inventory/group_vars/sif_agents/profile.yml

# before and after are registered from ansible.builtin.slurp. The file then holds, for example,
# sif_agent_profile:
#   name: powerschool
#   settings:
#     school_year:
#       level: zone
#       kind: property
#       name: some.property
#       format: "{start}-{end}"
"""

RETURN = r"""
complete:
  description: Whether all is known. When V(false), change the setting back in the console and give that file as O(back), too.
  returned: success
  type: bool
console:
  description: Where the profile says that the setting is in the console. Empty when it does not say.
  returned: success
  type: str
explanation:
  description: What was learned, or what is missing, in words.
  returned: success
  type: str
locator:
  description: The entry of the profile.
  returned: when RV(complete=true)
  type: dict
  sample: {level: zone, kind: property, name: some.property, format: "{start}-{end}"}
differences:
  description: What differs between the files before and after, as from the filter P(k12.sif.agent_cfg_diff#filter).
  returned: when RV(complete=true)
  type: list
  elements: dict
profile_file:
  description: The file that has the entry now; in check mode, that would have it.
  returned: when RV(complete=true)
  type: str
"""
