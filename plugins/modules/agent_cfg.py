#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which does the work on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: agent_cfg
short_description: Manage the agent.cfg of a SIF agent
version_added: 0.1.0
description:
  - Brings the settings you name into an C(agent.cfg) (SIFWorks ADK / OpenADK format) and leaves everything else alone,
    to the byte. What you do not name is not managed.
  - The file is read once, planned on the controller, checked by the rules of the agent's own loader, and replaced in one atomic step.
    A file that the agent or its console saved again, with the same settings, is unchanged.
  - Wrong input, and a file that the agent cannot load, before or after the change, are one clear error; nothing is written then.
  - The agent reads its file only when it starts. Stop it before this task and start it afterwards, as the role P(k12.sif.sif_agent#role)
    does; an agent or console that is open may write its old settings over the new ones.
notes:
  - The host needs nothing beyond what M(ansible.builtin.slurp) and M(ansible.builtin.copy) need.
  - For a Windows host the controller needs the collection C(ansible.windows). The file is written over there, not replaced in one step;
    when that fails in its middle, the old content is written back.
  - The format rules come from the source of OpenADK (the open-sourced SIFWorks ADK).
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
    description: Path of the C(agent.cfg) on the host. It must exist; installing an agent makes it.
    type: path
    required: true
  agent_id:
    description: SIF source id of the agent (C(agent/@id)).
    type: str
  sif_version:
    description: SIF version that the agent speaks (C(agent/@sifVersion)), for example V(2.4).
    type: str
  mode:
    description: Messaging mode of all zones that do not set their own.
    type: str
    choices: [pull, push]
  method:
    description: Transport of all zones that do not set their own.
    type: str
    choices: [http, https]
  properties:
    description: Properties of the agent, name to value. A value of null removes the property.
    type: dict
    default: {}
  school_year_starts:
    description:
      - First day of a school year as MM-DD, for example V(08-01). V(07-01) when not given.
      - Decides what V(current) means in O(zones[].school_year), and from when on a school year is over.
    type: str
  templates:
    description: Zone templates.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: Id of the template.
        type: str
        required: true
      state:
        description: Whether the template is there.
        type: str
        choices: [present, absent]
        default: present
      properties:
        description: Properties of the template, name to value. A value of null removes the property.
        type: dict
        default: {}
  transports:
    description: Transports of the agent. All zones share them.
    type: list
    elements: dict
    default: []
    suboptions:
      protocol:
        description: The transport's protocol.
        type: str
        choices: [http, https]
        required: true
      enabled:
        description: Whether the transport is enabled.
        type: bool
      properties:
        description: Properties of the transport, such as C(trustStore), name to value. A value of null removes the property.
        type: dict
        default: {}
  zones:
    description: Zones. A zone that is not named is never altered.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: Zone id. Upper and lower case matter.
        type: str
        required: true
      state:
        description: Whether the zone is there.
        type: str
        choices: [present, absent]
        default: present
      url:
        description: URL of the zone at the ZIS. Needed for a new zone.
        type: str
      template:
        description: Id of the template that the zone uses.
        type: str
      like:
        description: Id of a zone whose properties and other content a new zone takes over (not its id and URL).
        type: str
      mode:
        description: Messaging mode of this zone.
        type: str
        choices: [pull, push]
      method:
        description: Transport of this zone; the transport is enabled when it is not.
        type: str
        choices: [http, https]
      pull_frequency:
        description: How often the zone is polled, in milliseconds.
        type: int
      properties:
        description: Properties of the zone, name to value. A value of null removes the property.
        type: dict
        default: {}
      school_year:
        description:
          - School year whose data is shared, V(current) or for example V(2026-2027). Needs a O(profile) that knows where it lives.
          - A year that is over is set as asked for, with a warning.
        type: str
      schools:
        description: Schools that are shared. Needs a O(profile) that knows where they live.
        type: dict
        suboptions:
          known:
            description: All schools of the district. Needed for names and for O(zones[].schools.exclude).
            type: list
            elements: dict
            suboptions:
              number:
                description: School number.
                type: str
                required: true
              name:
                description: School name.
                type: str
              id:
                description: What the product calls the school inside. Needed only where O(profile) says that the file holds ids.
                type: str
          include:
            description: The only schools to share, by number or name.
            type: list
            elements: str
          exclude:
            description: Schools not to share, by number or name.
            type: list
            elements: str
      smp:
        description: Whether a State Messaging Plug-in works in this zone. Needs a O(profile) that knows where it lives.
        type: bool
  mappings:
    description: Mappings to merge, object by object and field by field.
    type: list
    elements: dict
    default: []
    suboptions:
      id:
        description: Id of the mappings.
        type: str
        default: Default
      zone_id:
        description: Zone filter of the mappings (a comma list without blanks).
        type: str
      source_id:
        description: Source id filter of the mappings (a comma list without blanks).
        type: str
      sif_version:
        description: SIF version filter of the mappings (a comma list without blanks).
        type: str
      fragment:
        description:
          - XML text, a C(<mappings>) element or C(<object>) and C(<valueset>) elements, for example from
            P(ansible.builtin.template#lookup).
        type: str
      objects:
        description: Objects by name, each with C(fields), C(exclusive) and C(state).
        type: dict
      valuesets:
        description: Value sets by id, each with C(title), C(values) and C(state).
        type: dict
      properties:
        description: Properties of the mappings, name to value. A value of null removes the property.
        type: dict
  profile:
    description:
      - Where this product keeps school year, schools and SMP. The name of a shipped profile (V(adk), V(lab), V(powerschool)),
        the path of a YAML file on the controller, or the profile itself.
    type: raw
    default: adk
  system_properties:
    description: The C(-D) options of the agent's JVM. Only used to tell which trust store the agent reads.
    type: dict
    default: {}
  java_home:
    description:
      - Home of the JVM that runs the agent. Only used to tell which trust store the agent reads, as by M(k12.sif.agent_cfg_info).
    type: path
  working_directory:
    description:
      - Working directory of the agent, against which it resolves relative paths. Default is the directory of O(path), on Windows hosts
        none.
    type: path
  backup:
    description: Keep the old file beside the new one.
    type: bool
    default: false
seealso:
  - module: k12.sif.agent_cfg_info
  - module: k12.sif.truststore
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Connect the agent's Canvas zone over HTTPS in Pull mode
  k12.sif.agent_cfg:
    path: /opt/sif-agent/agent.cfg
    agent_id: PowerSchool
    sif_version: "2.4"
    transports:
      - protocol: https
        properties:
          trustStore: /etc/sif-agent/trusted.ks
          trustStorePassword: "{{ vault_sif_trust_store_password }}"
    zones:
      - id: CANVAS_DISTRICT
        url: https://zis.example.org/CANVAS_DISTRICT
        template: Default
        mode: pull
        method: https
    mappings:
      - fragment: "{{ lookup('ansible.builtin.template', 'canvas-mappings.xml.j2') }}"
    backup: true

- name: Show what would change, without passwords
  k12.sif.agent_cfg:
    path: /opt/sif-agent/agent.cfg
    properties:
      adk.messaging.maxBufferSize: 262144
  check_mode: true
  diff: true
"""

RETURN = r"""
changes:
  description: Each setting that differs, in the order of the file. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    location:
      description: The element in the file.
      type: str
    setting:
      description: The setting's name.
      type: str
    before:
      description: Its value in the file, null when it is missing. Secrets are shown as C(********).
      type: str
    after:
      description: Its value after the change, null when it is removed. Secrets are shown as C(********).
      type: str
mappings:
  description: Names of the fields and values added, changed and removed, by object.
  returned: success
  type: dict
source_id:
  description: The agent's SIF source id, after the change.
  returned: success
  type: str
sif_version:
  description: The SIF version that the agent speaks, after the change.
  returned: success
  type: str
trust_stores:
  description: Which trust store the agent reads for each zone, after the change, and why; as M(k12.sif.agent_cfg_info) tells.
  returned: success
  type: list
  elements: dict
platform:
  description: V(posix) or V(windows), as the host's connection tells.
  returned: success
  type: str
backup_file:
  description: Path of the backup on the host.
  returned: when O(backup=true) and the file was replaced
  type: str
"""
