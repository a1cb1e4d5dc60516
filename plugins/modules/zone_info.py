#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zone_info
version_added: 0.1.0
short_description: Ask a SIF ZIS about a zone and an agent in it
description:
  - Asks a Zone Integration Server (ZIS) whether a zone is ready, and whether an agent is registered in it, in Pull mode
    and awake.
  - Sends C(SIF_Ping) and C(SIF_GetZoneStatus) as the agent, and nothing else, so no queue and no registration changes.
  - Asks from the host the task runs on; with C(delegate_to=localhost) from the controller. Only asking from the agent's
    own host shows what its firewall and name service do.
  - For a Windows host the controller asks, with the certificates of O(trust_store) read from the host; see RV(asked_from).
  - An agent may go on working while this asks.
author:
  - The k12.sif contributors (@k12-sif)
requirements:
  - Python 3.7 or newer on the host that asks; nothing but its standard library. Not on Windows hosts.
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
  url:
    description:
      - URL of the zone, as in the agent's configuration, for example V(https://zis.example.org/zone1).
    type: str
    required: true
  zone_id:
    description:
      - Id that the zone must have; case matters. When another zone answers at O(url), that is a failure.
      - Without it any zone will do.
    type: str
  source_id:
    description:
      - Id of the agent, as the zone knows it; case matters. It is asked as this agent, and the answer is judged for it.
    type: str
    required: true
  sif_version:
    description:
      - SIF version of the two messages, for example V(2.3) or V(2.0r1). Best the one of the agent.
      - The default is understood by every ZIS for SIF 2.3 and newer.
    type: str
    default: "2.3"
  must_provide:
    description:
      - Whether an agent that the ZIS does not list as a provider of objects is not connected. A refused C(SIF_Provision) leaves an agent
        registered and awake, and nothing comes from it.
      - Set it to V(false) for an agent that provides nothing, and for a ZIS that does not list providers.
    type: bool
    default: true
  trusted_certificates:
    description:
      - PEM text. For an https O(url) exactly these certificates are trusted, no others. An empty text trusts none.
      - Each is an anchor, also the certificate of the ZIS itself or of an intermediate authority, as it is in a Java
        trust store.
      - Without this, O(certificates) and O(trust_store) the default certificates of the host's Python are trusted. A Java
        agent does not use those, and RV(trust.source) says so.
      - In two cases OpenSSL, which verifies here, is stricter than Java. It refuses an expired certificate even if that
        is itself in the trust store, and it tells authorities of the same name apart only by key identifiers.
    type: str
  certificates:
    description:
      - The same as O(trusted_certificates), in the form of the option O(k12.sif.truststore#module:certificates). A C(file) is
        read on the controller.
      - What has the state V(absent) is not trusted. When nothing is left, it is as if this option was not given.
      - Not read for an http O(url).
      - Mutually exclusive with O(trusted_certificates) and O(trust_store).
    type: list
    elements: raw
  trust_store:
    description:
      - Path of a Java trust store (JKS or PKCS12). Exactly the certificates that Java would trust with it are trusted.
      - It is read through the connection of the task and opened on the controller. With C(delegate_to) it is a store of
        the host that is delegated to.
      - Not read for an http O(url).
      - Mutually exclusive with O(trusted_certificates) and O(certificates).
    type: path
  trust_store_password:
    description:
      - Password of O(trust_store).
    type: str
  check_host_name:
    description:
      - Whether the certificate of the ZIS must be for the host of O(url).
      - An agent with the transport http checks it. One with the transport https accepts any name, unless its
        C(hostnameVerifier) is C(JSSE); set this to V(false) to see what such an agent sees.
    type: bool
    default: true
  client_certificate:
    description:
      - PEM text of a client certificate and its chain, for a ZIS that wants one.
    type: str
  client_key:
    description:
      - PEM text of the unencrypted private key of O(client_certificate).
    type: str
  proxy:
    description:
      - HTTP proxy to go through, for example V(http://proxy.example.org:3128).
      - Proxy settings in the environment are not used, since a Java agent does not use them either.
    type: str
  proxy_username:
    description:
      - User name for O(proxy), for Basic authentication.
    type: str
  proxy_password:
    description:
      - Password for O(proxy).
    type: str
  timeout:
    description:
      - Seconds that each of the two exchanges may last.
    type: float
    default: 30
notes:
  - The task fails for bad input only (an unusable URL, unreadable certificates, a wrong trust store password). A zone
    that cannot be reached or does not answer as it should is a result, see RV(failure). Use C(failed_when) or C(until)
    with RV(connected).
"""

EXAMPLES = r"""
- name: Ask the zone as the agent would, trusting what the agent trusts
  k12.sif.zone_info:
    url: https://zis.example.org/district
    zone_id: district
    source_id: PowerSchool
    trust_store: /opt/agent/Trusted.ks
    trust_store_password: "{{ vault_trust_store_password }}"
  register: zone

- name: Wait until the agent is connected and a provider after its restart
  k12.sif.zone_info:
    url: https://zis.example.org/district
    source_id: PowerSchool
    trusted_certificates: "{{ lookup('ansible.builtin.file', 'district-ca.pem') }}"
  register: zone
  until: zone.connected
  retries: 12
  delay: 5

- name: Ask from the controller
  k12.sif.zone_info:
    url: http://zis.example.org:7080/district
    source_id: PowerSchool
  delegate_to: localhost
"""

RETURN = r"""
reachable:
  description: Whether a SIF ZIS answered at the URL, be it with an error.
  returned: success
  type: bool
ready:
  description: Whether the zone is ready, that is RV(zone.state) is V(ready).
  returned: success
  type: bool
registered:
  description: Whether the agent is registered in the zone; V(null) when the ZIS did not say.
  returned: success
  type: bool
connected:
  description:
    - Whether the zone is ready and the agent registered in it, in Pull mode, awake, and (with O(must_provide)) a provider.
    - An agent in Push mode is not connected in this sense, since only the ZIS could tell whether it reaches it.
  returned: success
  type: bool
failure:
  description: What keeps the agent from being connected; V(null) exactly when RV(connected) is true.
  returned: success
  type: dict
  contains:
    class:
      description:
        - V(dns), V(refused), V(timeout), V(network) - no connection.
        - V(proxy) - the proxy is not reached or does not let through.
        - V(tls) - no agreement on TLS.
        - V(http_status) - another HTTP status than 200.
        - V(not_sif) - an answer, but not from a SIF 2.x ZIS.
        - V(sif_error) - the ZIS refuses; see RV(failure.category) and RV(failure.code).
        - V(asleep) - the zone is asleep.
        - V(zone) - another zone, or one that does not say its state.
        - V(agent) - the agent is not registered, is registered for Push, sleeps, or provides nothing.
      type: str
      sample: tls
    reason:
      description:
        - Finer than the class, or V(null).
        - V(tls) has V(unknown_ca), V(name_mismatch), V(expired), V(not_yet_valid), V(client_certificate_required),
          V(not_tls), V(old_protocol), V(other).
        - V(timeout) has V(connect), V(handshake), V(answer).
        - V(network) has V(unreachable), V(closed).
        - V(proxy) has V(dns), V(refused), V(timeout), V(network), V(authentication), V(forbidden), V(gateway),
          V(not_a_proxy).
        - V(http_status) has the status.
        - V(not_sif) has V(tls_port) where a port for TLS was asked without it.
        - V(zone) has V(other_zone), V(no_status), V(no_state).
        - V(agent) has V(not_registered), V(push), V(no_mode), V(sleeping), V(no_sleeping), V(not_a_provider) (others are),
          V(no_providers) (nobody is, or the ZIS does not say).
      type: str
      sample: unknown_ca
    detail:
      description: What was seen.
      type: str
      sample: unable to get local issuer certificate
    meaning:
      description: What that means.
      type: str
    remedy:
      description: What to do about it.
      type: str
    category:
      description: SIF error category, for the class V(sif_error).
      type: int
      sample: 4
    code:
      description: SIF error code, for the class V(sif_error).
      type: int
      sample: 9
zone:
  description: The zone that answered; its values are V(null) where the ZIS did not say.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the zone.
      type: str
    name:
      description: Name of the zone.
      type: str
    state:
      description: V(ready), V(asleep) or V(unknown).
      type: str
  sample: {id: district, name: District, state: ready}
zis:
  description: The ZIS; its values are V(null) where it did not say.
  returned: success
  type: dict
  contains:
    name:
      description: Id by which the ZIS calls itself (C(SIF_SourceId) of its messages).
      type: str
    vendor:
      description: Vendor.
      type: str
    product:
      description: Product.
      type: str
    version:
      description: Version of the product.
      type: str
    sif_versions:
      description: SIF versions that the zone supports.
      type: list
      elements: str
    protocols:
      description: Protocols that the zone supports, as RV(agents[].protocol).
      type: list
      elements: dict
agents:
  description: The agents registered in the zone; V(null) when the ZIS did not say.
  returned: success
  type: list
  elements: dict
  contains:
    source_id:
      description: Id of the agent.
      type: str
    name:
      description: Name of the agent.
      type: str
    mode:
      description: V(Pull) or V(Push).
      type: str
    sleeping:
      description: Whether the agent sleeps.
      type: bool
    versions:
      description: SIF versions of the agent.
      type: list
      elements: str
    max_buffer_size:
      description: Largest message the agent takes, in bytes.
      type: int
    protocol:
      description: How the ZIS reaches the agent, with C(type), C(secure) and C(url); V(null) for Pull.
      type: dict
agent:
  description: The one of RV(agents) that has O(source_id), or V(null).
  returned: success
  type: dict
providers:
  description: Who provides which objects; V(null) when the ZIS did not say.
  returned: success
  type: list
  elements: dict
  sample: [{source_id: PowerSchool, objects: [SchoolInfo, StudentPersonal]}]
subscribers:
  description: Who subscribes to which objects; V(null) when the ZIS did not say.
  returned: success
  type: list
  elements: dict
  sample: [{source_id: Kimono, objects: [StudentPersonal]}]
asked_from:
  description: V(controller), because the host is a Windows system. What its firewall lets through was not seen.
  returned: for a Windows host
  type: str
trust:
  description: What was trusted; V(null) for an http URL.
  returned: success
  type: dict
  contains:
    source:
      description: V(trusted_certificates), V(certificates), V(trust_store), or V(python_default) when none of them was given.
      type: str
    certificates:
      description: Number of trusted certificates; V(null) for V(python_default).
      type: int
    host_name_checked:
      description: Whether the name in the certificate had to match.
      type: bool
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.k12.sif.plugins.module_utils._sif import tls
from ansible_collections.k12.sif.plugins.module_utils._sif.arguments import ARGUMENTS, RULES
from ansible_collections.k12.sif.plugins.module_utils._sif.connect import Proxy, parse_url
from ansible_collections.k12.sif.plugins.module_utils._sif.failures import BadInput
from ansible_collections.k12.sif.plugins.module_utils._sif.transport import Transport
from ansible_collections.k12.sif.plugins.module_utils._sif.zone import ask_zone


def ask(parameters: dict[str, t.Any], temporary: str) -> dict[str, t.Any]:
    """Ask as the parameters say.

    Raises:
        BadInput: one of them cannot be worked with.
    """
    address = parse_url(parameters["url"], "url")
    if parameters["timeout"] <= 0:
        raise BadInput("timeout must be more than 0 seconds.")
    proxy = None
    if parameters["proxy"] is not None:
        proxy_address = parse_url(parameters["proxy"], "proxy", ("http",))
        proxy = Proxy(proxy_address, parameters["proxy_username"], parameters["proxy_password"])
    context = trust = None
    if address.scheme == "https":
        options = tls.TlsOptions(
            parameters["trusted_certificates"],
            parameters["check_host_name"],
            parameters["client_certificate"],
            parameters["client_key"],
        )
        context = tls.build_context(options, temporary)
        trust = {
            "source": "python_default" if options.trusted is None else "trusted_certificates",
            "certificates": None if options.trusted is None else tls.count_certificates(options.trusted),
            "host_name_checked": options.check_host_name,
        }
    transport = Transport(address, context, proxy, parameters["timeout"])
    wanted = (parameters["source_id"], parameters["sif_version"], parameters["zone_id"], parameters["must_provide"])
    result = ask_zone(transport, *wanted)
    result["trust"] = trust
    return result


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True, **RULES)
    for name in ("trust_store", "certificates"):
        if module.params[name] is not None:
            module.fail_json(
                msg="%s is read by the action plugin of k12.sif.zone_info, which did not run."
                " Remedy: call the module as k12.sif.zone_info, or use trusted_certificates." % name
            )
    try:
        module.exit_json(changed=False, **ask(module.params, module.tmpdir))
    except BadInput as error:
        module.fail_json(msg=str(error))


if __name__ == "__main__":
    main()
