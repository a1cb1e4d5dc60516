#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
version_added: 0.1.0
short_description: Tell whether a host is a Windows host
description:
  - Tells which kind of system a host has, as its connection says, without connecting to it.
  - For a Windows host the other modules of this collection need the collection C(ansible.windows) on the controller. This one fails with
    that reason when it is not there, so that a play can begin with it.
author:
  - The k12.sif contributors (@k12-sif)
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
  delegation:
    support: full
  diff_mode:
    support: none
  platform:
    platforms: posix, windows
options: {}
"""

EXAMPLES = r"""
- name: Find out what kind of host it is
  k12.sif.host_info:
  register: host

- name: Include what only Windows hosts need
  ansible.builtin.include_tasks: windows.yml
  when: host.platform == 'windows'
"""

RETURN = r"""
platform:
  description: V(posix) or V(windows).
  returned: success
  type: str
ansible_windows:
  description: Version of the collection C(ansible.windows) on the controller, V(unknown) when it does not tell. Null for a POSIX host.
  returned: success
  type: str
  sample: 3.3.0
"""
