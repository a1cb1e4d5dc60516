#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which does the work on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: truststore_info
short_description: Tell what is in a Java trust store, and whether it trusts a chain
version_added: 0.1.0
description:
  - Returns the entries of a JKS or PKCS12 store with subjects, fingerprints and days left.
  - Given the chain that a server presents, tells whether a JVM with this store would connect to it, and why not.
notes:
  - The chain is judged as an HTTPS client in a JVM with default settings does. Not judged are revocation, name constraints,
    certificate policies, and the JVM's own list of distrusted public CAs.
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
    support: none
  platform:
    platforms: posix, windows
options:
  path:
    description: Path of the store on the host.
    type: path
    required: true
  password:
    description: Password of the store. Leave it out for a passwordless C(cacerts) of JDK 18 and newer.
    type: str
  password_file:
    description: File on the host that holds the password of the store, and nothing else.
    type: path
  chain:
    description: PEM text of the chain that a server presents, its own certificate first, as from M(k12.sif.server_certificate_info).
    type: str
  host_name:
    description: Name or address that the agent connects to, which the server's certificate must be for. Without it names are not checked.
    type: str
seealso:
  - module: k12.sif.truststore
  - module: k12.sif.server_certificate_info
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Look at the certificates of the ZIS
  k12.sif.server_certificate_info:
    host: zis.example.org
  register: zis

- name: Ask whether the agent will trust it
  k12.sif.truststore_info:
    path: /etc/sif-agent/trusted.ks
    password: "{{ vault_sif_trust_store_password }}"
    chain: "{{ zis.chain_pem }}"
    host_name: zis.example.org
  register: store

- name: List what expires within 60 days
  ansible.builtin.debug:
    msg: "{{ store.entries | selectattr('days_left', 'defined') | selectattr('days_left', 'lt', 60) | map(attribute='alias') }}"
"""

RETURN = r"""
format:
  description: Format of the store, V(jks) or V(pkcs12).
  returned: success
  type: str
integrity:
  description: V(verified) when the store's digest fits the password, V(none) for a passwordless store.
  returned: success
  type: str
entries:
  description: The entries.
  returned: success
  type: list
  elements: dict
  contains:
    alias:
      description: The alias.
      type: str
    type:
      description: V(trusted), V(key), V(secret), or V(unknown) for what a JVM does not see as an entry.
      type: str
    created:
      description: Day (UTC) on which the entry was made, null where the format does not say.
      type: str
    chain_length:
      description: Number of certificates in the entry. The following values are about the first.
      type: int
    subject:
      description: Whose certificate it is.
      type: str
    issuer:
      description: Who issued it.
      type: str
    not_before:
      description: First day (UTC) on which it is valid.
      type: str
    not_after:
      description: Last day (UTC) on which it is valid.
      type: str
    days_left:
      description: Days until it expires, negative when it has expired.
      type: int
    sha256:
      description: Its fingerprint.
      type: str
    is_ca:
      description: Whether it is an authority's certificate.
      type: bool
verification:
  description: Whether a JVM with this store trusts the chain; null without O(chain).
  returned: success
  type: dict
  contains:
    verified:
      description: Whether it does.
      type: bool
    reason:
      description: Why, or why not.
      type: str
    anchor:
      description: Alias of the entry that decides, null when there is none.
      type: str
"""
