#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which does the work on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: key_store
short_description: Give a SIF agent a key store, if it has none
version_added: 0.1.0
description:
  - With method HTTPS an agent needs a key store with a private key of its own, even where the ZIS never asks for it.
  - Makes one (format JKS, which every JVM reads) with a new RSA key and a self-signed certificate, if there is no file at O(path).
    A key store that is there stays as it is; it must open with O(password) and hold a private key.
  - A ZIS that asks agents for a certificate (client authentication) needs one from an authority that it trusts. Have that made
    and put it into the key store yourself.
notes:
  - The host needs nothing beyond what M(ansible.builtin.slurp) and M(ansible.builtin.copy) need, no keytool and no openssl.
  - The controller needs the Python library cryptography 42 or newer.
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
    support: full
  bypass_host_loop:
    support: none
  check_mode:
    support: full
  connection:
    support: full
  delegation:
    support: full
  diff_mode:
    support: full
  platform:
    platforms: posix, windows
options:
  path:
    description: Path of the key store on the host.
    type: path
    required: true
  password:
    description:
      - Password of the key store and of its key; agents know only one for both.
      - Required unless O(create=false).
    type: str
  create:
    description: Whether to make a key store where there is none. With V(false) that is an error; nothing else is looked at.
    type: bool
    default: true
  common_name:
    description: Subject (common name) of the new certificate.
    type: str
    default: SIF agent
  days:
    description: How many days the new certificate is valid.
    type: int
    default: 3650
  owner:
    description: Owner of a new key store.
    type: str
  group:
    description: Group of a new key store.
    type: str
  mode:
    description:
      - Permissions of a new key store, as for M(ansible.builtin.copy).
      - Not used on Windows hosts, where a new file inherits the permissions of its folder; O(owner) and O(group) are refused there.
    type: raw
    default: "0600"
seealso:
  - module: k12.sif.truststore
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Give the agent a key store
  k12.sif.key_store:
    path: /etc/sif-agent/agent.ks
    password: "{{ vault_sif_agent_key_store_password }}"
    owner: sifagent
"""

RETURN = r""" # """
