#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which does the work on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: truststore
short_description: Manage the certificates in a Java trust store
version_added: 0.1.0
description:
  - Brings certificates into a Java trust store, or takes them out, all of them in one step. JKS and PKCS12 stores are read
    and written, the passwordless C(cacerts) of JDK 18 and newer too.
  - Certificates are compared by their SHA-256 fingerprint. A certificate that is there under another alias counts as present.
  - Entries that are not named keep every byte, private keys with their own passwords included. The alias of a private key is
    never replaced or removed.
  - The store is read once, planned on the controller, and replaced in one atomic step with owner and mode kept. Wrong passwords,
    damaged stores and other wrong input are one clear error; nothing is written then.
  - A JVM reads its trust store when it starts. Restart the agent after a change, as the role P(k12.sif.sif_agent#role) does.
notes:
  - The host needs nothing beyond what M(ansible.builtin.slurp) and M(ansible.builtin.copy) need, no keytool and no openssl.
  - The controller needs the Python library cryptography 42 or newer.
  - Not supported, and refused with the remedy, are JCEKS and BKS stores, and PKCS12 stores that are written in BER with indefinite
    lengths or protected by PBMAC1.
  - Upgrading a JVM that an agent brings along replaces its C(cacerts). A store of your own, named in C(agent.cfg), is the better place.
  - A certificate in a PKCS12 store is trusted by a JVM only with Oracle's attribute C(trustedKeyUsage). Certificates without it do not
    count as present here.
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
    description: Path of the store on the host. A store that is missing is made when a certificate is to be present.
    type: path
    required: true
  password:
    description:
      - Password of the store. Leave it out for the passwordless C(cacerts) of JDK 18 and newer, which stay so.
      - A new store needs 6 characters or more.
    type: str
  password_file:
    description: File on the host that holds the password of the store, and nothing else.
    type: path
  certificates:
    description:
      - Certificates. Each item is PEM text, or a dictionary with the keys below.
      - C(content) is PEM text, of one certificate or of a bundle. All certificates of a bundle are managed, each with an alias of its own.
      - C(file) is a file on the controller instead, PEM or DER, searched as for M(ansible.builtin.copy).
      - C(alias) is the alias (the beginning of the aliases, for a bundle). It is written in lower case. Without it the alias comes from
        the subject, first the common name, and is longer by a part of the fingerprint where it would be another certificate's.
      - C(state) is V(present) or V(absent), by default O(state). To remove, C(content) or C(file) names the certificate, under
        whatever alias it is; C(alias) alone names whatever certificate is there.
      - A present certificate replaces an older one under its alias, which is how a CA is renewed.
    type: list
    elements: raw
    default: []
  from_server:
    description:
      - Also trust the certificate that a server presents. It is fetched from the host the task runs on.
      - What was fetched over a network proves nothing, so a fingerprint from the server's operator is needed.
    type: dict
    suboptions:
      host:
        description: Name or address of the server.
        type: str
        required: true
      port:
        description: TCP port of the server.
        type: int
        default: 443
      server_name:
        description: Name to ask the server for (SNI), which its certificate must be for. By default O(from_server.host).
        type: str
      proxy:
        description: HTTP proxy on the way, for example V(http://proxy.example.org:3128).
        type: str
      proxy_username:
        description: User name for the proxy (Basic authentication).
        type: str
      proxy_password:
        description: Password for the proxy.
        type: str
      timeout:
        description: Seconds for the whole exchange.
        type: float
        default: 30
      alias:
        description: Alias of the certificate. By default the name of the server, with V(-) for dots.
        type: str
      sha256_fingerprint:
        description:
          - SHA-256 fingerprint, from the server's operator, of the certificate to trust. It must be one of those that the server presents,
            best the one of the issuing CA.
        type: str
      trust_on_first_use:
        description:
          - Trust what is presented without a fingerprint, the issuing CA if the server sends it, and warn. A proxy that inspects TLS,
            or an attacker, is trusted as well then.
          - When the server presents later what the store does not cover, that is an error.
        type: bool
        default: false
  state:
    description: State of the O(certificates) that do not name their own.
    type: str
    choices: [present, absent]
    default: present
  exclusive:
    description: Whether trusted certificates that are not named are removed. Private keys never are.
    type: bool
    default: false
  keep_previous:
    description:
      - Whether a certificate that another one replaces stays trusted until it expires, under the alias C(ALIAS-previous-YYYYMMDD) with its
        last day. So the server's old and new certificate both work while a CA is renewed.
    type: bool
    default: false
  remove_expired:
    description: Whether expired trusted certificates are removed, and expired O(certificates) not installed.
    type: bool
    default: false
  format:
    description:
      - Format of a store that is made. Every JVM reads V(jks). V(pkcs12) is made as JDK 16 and newer do and needs a JVM of 2021 or newer
        (8u301, 11.0.12).
    type: str
    choices: [jks, pkcs12]
    default: jks
  backup:
    description: Keep the old file beside the new one.
    type: bool
    default: false
  owner:
    description: Owner of a store that is made. An existing one keeps its own.
    type: str
  group:
    description: Group of a store that is made. An existing one keeps its own.
    type: str
  mode:
    description:
      - Mode of a store that is made. An existing one keeps its own.
      - Not used on Windows hosts, where a new file inherits the permissions of its folder; O(owner) and O(group) are refused there.
    type: raw
  return_trusted:
    description: Whether to return all certificates that a JVM trusts with this store.
    type: bool
    default: false
seealso:
  - module: k12.sif.truststore_info
  - module: k12.sif.server_certificate_info
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Trust the CA of the ZIS in a store of the agent's own
  k12.sif.truststore:
    path: /etc/sif-agent/trusted.ks
    password: "{{ vault_sif_trust_store_password }}"
    certificates:
      - file: kimono-ca.pem
    owner: sif
    mode: "0640"

- name: Renew a CA, with overlap
  k12.sif.truststore:
    path: /etc/sif-agent/trusted.ks
    password: "{{ vault_sif_trust_store_password }}"
    certificates:
      - alias: kimono
        content: "{{ lookup('ansible.builtin.file', 'kimono-ca-2027.pem') }}"
    keep_previous: true
    backup: true

- name: Remove a CA from the JVM's own store
  k12.sif.truststore:
    path: /usr/lib/jvm/temurin-21/lib/security/cacerts
    certificates:
      - file: old-district-ca.pem
        state: absent

- name: Trust the CA that the ZIS presents, if it is the right one
  k12.sif.truststore:
    path: /etc/sif-agent/trusted.ks
    password_file: /etc/sif-agent/trusted.pass
    from_server:
      host: zis.example.org
      sha256_fingerprint: "{{ kimono_ca_sha256 }}"
"""

RETURN = r"""
changes:
  description: Each alias that differs. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    action:
      description: V(added), V(replaced), V(removed) or V(kept_previous).
      type: str
    alias:
      description: The alias.
      type: str
    subject:
      description: Subject of the certificate.
      type: str
    not_after:
      description: Last day (UTC) of the certificate.
      type: str
      sample: "2031-12-31"
    sha256:
      description: Fingerprint of the certificate.
      type: str
      sample: "AB:CD:..."
    previous_sha256:
      description: Fingerprint of the certificate that was replaced.
      type: str
      returned: when RV(changes[].action=replaced)
aliases:
  description: The certificates that shall be present, each with the alias it has in the store. The keys are those of RV(changes).
  returned: success
  type: list
  elements: dict
format:
  description: Format of the store, V(jks) or V(pkcs12).
  returned: success
  type: str
trusted:
  description: All certificates that a JVM trusts with this store, after the change, as PEM text.
  returned: when O(return_trusted=true)
  type: str
backup_file:
  description: Path of the backup on the host.
  returned: when O(backup=true) and the file was replaced
  type: str
"""
