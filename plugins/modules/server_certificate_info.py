#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: server_certificate_info
version_added: 0.1.0
short_description: Fetch the certificate chain that a TLS server presents
description:
  - Connects to a server, for example a ZIS, and returns the certificates that it presents, without trusting them and
    without sending anything but the TLS handshake. Nothing is installed.
  - Looks from the host the task runs on; with C(delegate_to=localhost) from the controller. Networks with a proxy that
    inspects TLS show their own certificates there, so compare the fingerprint with what the server's operator says
    before you trust anything. For a Windows host the controller looks.
  - Servers send their own certificate and those of intermediate authorities, and usually not the root.
author:
  - The k12.sif contributors (@k12-sif)
requirements:
  - Python 3.8 or newer on the host that asks; nothing but its standard library. With Python 3.9 and older only the
    server's own certificate is seen if the server speaks nothing but TLS 1.3.
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
  host:
    description: Name or address of the server.
    type: str
    required: true
  port:
    description: TCP port of the server.
    type: int
    default: 443
  server_name:
    description: Name to ask the server for (SNI); by it a server selects its certificate. By default O(host).
    type: str
  proxy:
    description: HTTP proxy on the way, for example V(http://proxy.example.org:3128). Variables of the environment do not count.
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
seealso:
  - module: k12.sif.truststore
  - module: k12.sif.truststore_info
"""

EXAMPLES = r"""
- name: Look at the certificates of the ZIS
  k12.sif.server_certificate_info:
    host: zis.example.org
  register: zis

- name: Show who issued them
  ansible.builtin.debug:
    msg: "{{ zis.chain | map(attribute='subject') }}, issued by {{ zis.issuing_ca.sha256 | default('an authority that is not sent') }}"
"""

RETURN = r"""
chain:
  description: The certificates in the order in which the server sent them.
  returned: success
  type: list
  elements: dict
  contains:
    pem:
      description: The certificate.
      type: str
    subject:
      description: Whose certificate it is.
      type: str
    issuer:
      description: Who issued it.
      type: str
    not_before:
      description: First day (UTC) on which it is valid.
      type: str
      sample: "2026-01-31"
    not_after:
      description: Last day (UTC) on which it is valid.
      type: str
      sample: "2027-01-31"
    days_left:
      description: Days until it expires, negative when it has expired.
      type: int
    sha256:
      description: Its fingerprint.
      type: str
      sample: "AB:CD:..."
    is_ca:
      description: Whether it is an authority's certificate.
      type: bool
    role:
      description: V(server) for the server's own, V(issuing_ca) for the one that issued it, V(other) for all others.
      type: str
chain_pem:
  description: The chain as one PEM text, for O(k12.sif.truststore_info#module:chain).
  returned: success
  type: str
issuing_ca:
  description: The item of RV(chain) that issued the server's certificate. It is what to trust, once its fingerprint was compared.
  returned: when the server sent it
  type: dict
complete:
  description: Whether RV(chain) is all that the server sent.
  returned: success
  type: bool
tls_version:
  description: Version of TLS that was agreed on.
  returned: success
  type: str
  sample: TLSv1.3
handshake_error:
  description: Why the handshake ended after the chain had come, for example because the server wants a client certificate.
  returned: success
  type: str
"""

import ssl
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.k12.sif.plugins.module_utils._sif.chain import ARGUMENTS, RULES, fetch_chain
from ansible_collections.k12.sif.plugins.module_utils._sif.connect import Address, Proxy, parse_url
from ansible_collections.k12.sif.plugins.module_utils._sif.failures import BadInput, ZoneFailure


def fetch(parameters: dict[str, t.Any]) -> dict[str, t.Any]:
    """Fetch as the parameters say. The action plugin adds what the certificates say.

    Raises:
        BadInput: one of the parameters cannot be worked with.
        ZoneFailure: there is no chain.
    """
    if parameters["timeout"] <= 0:
        raise BadInput("timeout must be more than 0 seconds.")
    if not 0 < parameters["port"] < 65536:
        raise BadInput("port must be a number from 1 to 65535.")
    host = parameters["host"].strip("[]")
    if not host or not host.isprintable() or any(sign in host for sign in " /@"):
        raise BadInput("host {0!r} is no host name. Remedy: give it without https:// and without a path.".format(host))
    proxy = None
    if parameters["proxy"] is not None:
        proxy_address = parse_url(parameters["proxy"], "proxy", ("http",))
        proxy = Proxy(proxy_address, parameters["proxy_username"], parameters["proxy_password"])
    address = Address("https", host, parameters["port"], "/")
    presented = fetch_chain(address, proxy, parameters["server_name"] or host, parameters["timeout"])
    return {
        "chain_pem": "".join(ssl.DER_cert_to_PEM_cert(der) for der in presented.chain),
        "complete": presented.complete,
        "tls_version": presented.tls_version,
        "handshake_error": presented.handshake_error,
    }


def told(failure: ZoneFailure) -> str:
    """Why there is no chain, and what to do."""
    return "{0} {1}. Remedy: {2}".format(failure.meaning, failure.detail, failure.remedy)


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True, **RULES)
    try:
        module.exit_json(changed=False, **fetch(module.params))
    except BadInput as error:
        module.fail_json(msg=str(error))
    except ZoneFailure as failure:
        module.fail_json(msg=told(failure))


if __name__ == "__main__":
    main()
