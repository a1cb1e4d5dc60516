#!/usr/bin/python
# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the action plugin of the same name, which does the work on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: hosting_request
short_description: Write the request to PowerSchool to connect an agent that it hosts
version_added: 0.1.0
description:
  - PowerSchool connects the SIF agents of the instances that it hosts itself, when it is told every value. This module writes the support
    request, a checklist for the answer, and the note that asks Instructure to test the connection.
  - Each of these is written as Markdown, as plain text and as an HTML page for screen and paper. All three say the same. The mappings
    document and the certificates to attach lie beside them.
  - Nothing is written when a value is missing or wrong. One message then names each of them by its variable in the inventory, which is the
    name of the option after C(sif_agent_); O(district) is C(sif_district_name) and O(contact) is C(sif_district_contact).
  - The role P(k12.sif.sif_agent_hosting_request#role) calls this module with the variables of the role P(k12.sif.sif_agent#role).
notes:
  - Ticks in C(checklist.md) and C(checklist.txt) stay where the line stays. Other changes that somebody makes in the files are lost.
  - The file C(request.json) has the values for programs. What it lists is removed by a later run that does not write it.
  - The module asks for no password and writes none. A URL with a user name or password is refused.
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
    details: Works on the controller only. The host is never connected to.
  delegation:
    support: none
  diff_mode:
    support: full
  platform:
    platforms: all
options:
  directory:
    description: Folder on the controller for the files. It is made when it is not there.
    type: path
    required: true
  powerschool_url:
    description: URL of the PowerSchool, which must be hosted by PowerSchool, as P(k12.sif.cloud_hosted#test) tells. Needed.
    type: str
  district:
    description: Name of the district. Needed.
    type: str
  contact:
    description: Who answers questions, for example a name with mail address and telephone number. Needed.
    type: str
  zis_url:
    description: URL of the zone at the Kimono ZIS, as received from Instructure. Needed.
    type: str
  zone_id:
    description: Zone ID at the Kimono ZIS, as received from Instructure. Upper and lower case matter. Needed.
    type: str
  mode:
    description: Messaging mode. Kimono needs V(Pull); V(Push) is refused with the reason.
    type: str
    default: Pull
  method:
    description: Protocol method, V(HTTP) or V(HTTPS). Needed.
    type: str
  id:
    description: SIF source id that the agent shall have. Not asked for when not given.
    type: str
  sif_version:
    description: SIF version that the agent shall speak, for example V(2.4). Not asked for when not given.
    type: str
  pull_frequency:
    description: How often the zone shall be polled, in milliseconds. Not asked for when not given.
    type: int
  school_year:
    description: School year whose data the zone shares, V(current) or for example V(2026-2027). Needed.
    type: str
  school_year_starts:
    description: First day of a school year as MM-DD, for example V(08-01). V(07-01) when not given.
    type: str
  schools:
    description:
      - Schools that the zone shares, with C(include) or C(exclude) by number or name, and C(known), as for O(k12.sif.agent_cfg#module:zones[].schools).
      - All schools when not given. Unlike there, C(known) is not needed for C(exclude).
    type: dict
  smp:
    description: Must not be V(true), because State Messaging Plug-ins must not work in the Canvas zone.
    type: bool
  mappings:
    description: Mappings to merge, as for O(k12.sif.agent_cfg#module:mappings). Needed, but may be empty.
    type: list
    elements: dict
  certificates:
    description:
      - Certificates that the agent must trust, as for O(k12.sif.truststore#module:certificates). Needed with O(method=HTTPS).
      - One that has expired is refused.
    type: list
    elements: raw
    default: []
seealso:
  - plugin: k12.sif.cloud_hosted
    plugin_type: test
  - module: k12.sif.agent_cfg
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
- name: Write the request for a district that PowerSchool hosts
  k12.sif.hosting_request:
    directory: requests/maple
    powerschool_url: https://maple.powerschool.com
    district: Maple School District
    contact: Ann Lee, ann.lee@maple.example.org
    zis_url: https://zis.example.org/MAPLE_DISTRICT
    zone_id: MAPLE_DISTRICT
    method: HTTPS
    school_year: current
    schools:
      exclude: ["400"]
    mappings:
      - fragment: "{{ lookup('ansible.builtin.template', 'canvas-mappings.xml.j2') }}"
    certificates:
      - alias: kimono-ca
        file: files/kimono-ca.pem
"""

RETURN = r"""
directory:
  description: The folder with the files.
  returned: success
  type: str
  sample: /home/ann/requests/maple
files:
  description: Names of all files of the request.
  returned: success
  type: list
  elements: str
  sample: [certificate-kimono-ca.pem, checklist.html, mappings-Default.xml, request.html, request.txt]
changes:
  description: Names of the files that were written or removed; in check mode, that would be.
  returned: success
  type: list
  elements: str
"""
