#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which does the work on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: agent_cfg_info
short_description: Tell what a SIF agent makes of its agent.cfg
version_added: 0.1.0
description:
  - Reads an C(agent.cfg) (SIFWorks ADK / OpenADK format) by the rules of the agent's own loader. Tells whether the agent starts
    with it, with which settings it then works, which trust store it checks each zone against, and what it stops at or silently
    ignores. Nothing is changed.
  - A file that the agent could not load is no failure of this task; RV(loads) is V(false) then.
notes:
  - The host needs nothing beyond what M(ansible.builtin.slurp) needs.
  - Nothing outside the file is fetched. A file that needs an external DTD or entity counts as not loading.
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
    details: Nothing is changed in any mode.
  connection:
    support: full
  delegation:
    support: full
  diff_mode:
    support: none
    details: Nothing is changed.
  platform:
    platforms: posix, windows
options:
  path:
    description:
      - Path of the C(agent.cfg) on the host.
      - Exactly one of O(path) and O(content) is required.
    type: path
  content:
    description:
      - The text of an C(agent.cfg), instead of a file on the host.
      - Exactly one of O(path) and O(content) is required.
    type: str
  system_properties:
    description:
      - The C(-D) options of the agent's JVM, without C(-D).
      - C(adk.*) options go before the properties of the agent element; C(javax.net.ssl.*) options name a trust store.
    type: dict
    default: {}
  java_home:
    description:
      - Home of the JVM that runs the agent. Its own trust store is the first there is of C(lib/security/jssecacerts),
        C(lib/security/cacerts), and the same two in C(jre), where a JDK up to 8 has them. With O(path) the host is asked which.
      - Without it the path of the JVM's own trust store is not known.
    type: path
  working_directory:
    description:
      - Directory in which the agent's process runs. Relative paths in the file start there.
      - By default the directory of O(path). On Windows hosts, where services start in the system's folder, there is no default, and
        where a relative path leads is not known.
    type: path
  show_passwords:
    description:
      - Show passwords and keys in RV(effective). They are masked as C(********) otherwise.
      - Use C(no_log) for the task then, as in the example.
    type: bool
    default: false
seealso:
  - module: k12.sif.agent_cfg
  - plugin: k12.sif.agent_cfg_diff
    plugin_type: filter
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Read the configuration of the agent
  k12.sif.agent_cfg_info:
    path: /opt/sifagent/agent.cfg
    java_home: /usr/lib/jvm/java-17
  register: agent

- name: Refuse to go on with a file that the agent cannot load
  ansible.builtin.assert:
    that: agent.loads
    fail_msg: "{{ agent.problems | selectattr('severity', 'equalto', 'error') | map(attribute='message') | join('; ') }}"

- name: Show everything that the agent silently ignores
  ansible.builtin.debug:
    msg: "{{ agent.problems | selectattr('severity', 'equalto', 'warning') }}"

- name: Check a template before it goes to any host
  k12.sif.agent_cfg_info:
    content: "{{ lookup('ansible.builtin.template', 'agent.cfg.j2') }}"
  delegate_to: localhost
  register: rendered
  failed_when: not rendered.loads

- name: Get the password of the trust store
  k12.sif.agent_cfg_info:
    path: /opt/sifagent/agent.cfg
    show_passwords: true
  register: secrets
  no_log: true
"""

RETURN = r"""
loads:
  description: Whether the agent starts with this file.
  returned: success
  type: bool
  sample: true
stage:
  description:
    - Where loading stops. V(read), while it reads the file and its mappings; V(version), while it reads C(sifVersion);
      V(apply), while it sets up transports and zones.
    - Null when the file loads.
  returned: success
  type: str
  sample: apply
problems:
  description:
    - What is wrong with the file. First all errors, in the order in which the agent would meet them (it stops at the first),
      then all warnings, in the order of the file.
  returned: success
  type: list
  elements: dict
  contains:
    severity:
      description: V(error) when the agent does not start with it, V(warning) when it ignores or misunderstands something.
      type: str
      sample: warning
    code:
      description: Short name of the kind of problem.
      type: str
      sample: duplicate-property
    location:
      description: Path of the element.
      type: str
      sample: agent[@id='SIS']/property[@name='adk.messaging.mode']
    line:
      description: Line of the file, counted from 1. Null when unknown.
      type: int
      sample: 12
    message:
      description: What is wrong.
      type: str
      sample: "'adk.messaging.mode' is ' Push', which is taken for Pull"
    remedy:
      description: What to do about it.
      type: str
      sample: remove the blanks
effective:
  description: The settings the agent works with. Null when the file does not load.
  returned: success
  type: dict
  contains:
    source_id:
      description: SIF source id of the agent. Null without C(agent/@id).
      type: str
      sample: SIS
    sif_version:
      description: SIF version of the agent.
      type: str
      sample: "2.3"
    agent_properties:
      description: Properties of the agent, with those that options of the JVM set.
      type: dict
      sample: {adk.messaging.mode: Pull}
    transports:
      description: Settings of the transports V(http) and V(https). There is one of each for the whole agent.
      type: dict
      contains:
        http:
          description: C(enabled), C(port) (-1 without one) and C(properties).
          type: dict
        https:
          description:
            - C(enabled), C(port) and C(properties), and what the agent makes of them in C(key_store), C(key_store_password), C(trust_store),
              C(trust_store_password), C(require_client_auth) and C(hostname_verifier).
          type: dict
    zones:
      description: The zones, in the order in which the agent connects to them.
      type: list
      elements: dict
      contains:
        id:
          description: Id of the zone.
          type: str
          sample: KIMONO
        url:
          description: URL of the ZIS, as Java reads it.
          type: str
          sample: https://zis.example.org:7443/KIMONO
        template:
          description: The template that the zone names. Null without one.
          type: str
        template_found:
          description: Whether that template exists.
          type: bool
        own_properties:
          description: Properties of the zone and of its template.
          type: dict
        mode:
          description: V(PULL) or V(PUSH).
          type: str
        transport:
          description: The transport that the zone uses, as written.
          type: str
          sample: https
        transport_matches_url:
          description: Whether the scheme of the URL has the name of the transport.
          type: bool
        pull_frequency:
          description: Milliseconds between two polls.
          type: int
          sample: 30000
        pull_delay_on_error:
          description: Milliseconds to the next poll while the zone sleeps or is disconnected.
          type: int
          sample: 180000
        max_buffer_size:
          description: Largest message that the agent takes, in bytes.
          type: int
          sample: 393216
        zis_version:
          description: Latest SIF version that the agent uses for messages to the ZIS itself.
          type: str
          sample: "2.6"
        override_sif_versions:
          description: SIF versions with which the agent registers instead of its own. Null when not set.
          type: str
        provisioning_mode:
          description: V(ADK), V(ZIS) or V(AGENT). With anything but V(ADK) the agent does not register by itself.
          type: str
        legacy_provisioning:
          description: Whether the agent subscribes and provides with one message per object, as before SIF 2.0.
          type: bool
        authentication_level:
          description: Level that the agent asks for in the header of its messages.
          type: int
        encryption_level:
          description: Level that the agent asks for in the header of its messages.
          type: int
    mappings:
      description: The mappings, in the order in which the agent lists them.
      type: list
      elements: dict
      contains:
        id:
          description: Id of the mappings. Null without one.
          type: str
          sample: Default
        zone_id:
          description: Zones the mappings are for, separated by commas. Empty without a filter.
          type: str
        source_id:
          description: Agents the mappings are for, separated by commas. Empty without a filter.
          type: str
        sif_version:
          description: SIF versions the mappings are for, separated by commas. Empty without a filter.
          type: str
        objects:
          description: By object type, the number of C(fields) and their C(rules) in order.
          type: dict
        valuesets:
          description: By id, the C(title), the C(count) of values and the C(entries) in order.
          type: dict
        properties:
          description: Properties of the mappings.
          type: dict
        children:
          description: Mappings inside these, in the same form.
          type: list
          elements: dict
    root_mapping_objects:
      description: Always empty. Kept for the agent's own structure.
      type: dict
trust_stores:
  description: For each zone, the trust store that the agent really checks the ZIS's certificate against. Empty when the file does not load.
  returned: success
  type: list
  elements: dict
  contains:
    zone:
      description: Id of the zone.
      type: str
      sample: KIMONO
    path:
      description: Absolute path of the store. Null when none is used, or when the path cannot be known.
      type: str
      sample: /opt/sifagent/Trusted.ks
    source:
      description:
        - V(agent.cfg trustStore), V(-Djavax.net.ssl.trustStore) or V(cacerts of the JVM). Null when no store is used.
      type: str
      sample: agent.cfg trustStore
    reason:
      description: Why it is this one.
      type: str
      sample: "transport https with trustStore set: that file replaces cacerts and beats a -D option"
    password_source:
      description: Where the password of the store comes from. Null when no store is used.
      type: str
      sample: agent.cfg trustStorePassword
    key_store:
      description: Path of the key store that the zone needs, too. Null when it needs none, empty when C(keyStore) is empty.
      type: str
      sample: /opt/sifagent/Agent.ks
    certain:
      description: Whether all this can be told from the file and the options given.
      type: bool
      sample: true
    relative:
      description: Paths in the file or the options that begin at a working directory which is not known.
      type: list
      elements: str
      sample: []
    warning:
      description: What to mind. Null when there is nothing.
      type: str
"""
