# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin k12.sif.districts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: districts
short_description: Read districts from a CSV list, as spreadsheet programs write it
version_added: 0.1.0
description:
  - Makes one host of each row of a list of districts, with the variables of the role P(k12.sif.sif_agent#role) and of
    the role P(k12.sif.sif_agent_hosting_request#role).
  - The name of the host is the district code. All hosts are in the group that O(group) names, and in C(cloud_hosted) or
    C(self_hosted), as test P(k12.sif.cloud_hosted#test) tells by the PowerSchool URL; with the columns for it also in C(linux) or
    C(windows), C(state_NAME) and C(region_NAME).
  - When anything is wrong, no district is listed, and one message names every wrong cell by file, row and column, as a spreadsheet
    program shows them, with the remedy. By default Ansible itself turns such an error of an inventory into a warning; set
    C(any_unparsed_is_failed=true) in section C([inventory]) of C(ansible.cfg) to make it stop.
  - The configuration file must be YAML with a name that ends in C(districts.yml) or C(districts.yaml). Keep the CSV file outside of a
    directory that is an inventory itself, because Ansible tries to read all files there.
extends_documentation_fragment:
  - ansible.builtin.constructed
notes:
  - Columns, by their headings in the first row. Upper and lower case, blanks and punctuation of a heading do not matter.
  - V(district code) (required) - name of the host, and variable C(sif_district_code).
  - V(district name) (required) - C(sif_district_name).
  - V(PowerSchool URL) (required) - C(sif_agent_powerschool_url), and who hosts the district.
  - V(host) (required when self-hosted, otherwise empty) - C(ansible_host), the server on which the agent runs.
  - V(ZIS URL), V(zone id) (required) - C(sif_agent_zis_url), C(sif_agent_zone_id).
  - V(method) - C(sif_agent_method), V(HTTP) or V(HTTPS).
  - V(school year) - C(sif_agent_school_year), V(current) or as in V(2026-2027).
  - V(excluded schools) - C(exclude) of C(sif_agent_schools), by number or name, separated by semicolons, C(|) or line breaks in the cell.
    An empty cell leaves the selection of schools as it is. A self-hosted district needs O(schools_path), too, because its agent is
    told which schools to share.
  - V(contact), V(state), V(region) - C(sif_district_contact), C(sif_district_state), C(sif_district_region).
  - V(system) - V(linux) or V(windows), only for self-hosted districts; sets only the group.
  - An empty cell sets no variable, so that group variables can. Otherwise group variables cannot override what the list says; host
    variables can.
  - All values are texts. A text that Ansible could take for a template is refused.
  - Nothing is cached, because reading hundreds of rows takes less than a second.
options:
  plugin:
    description: Marks the file as a configuration of this plugin.
    type: str
    required: true
    choices: [k12.sif.districts]
  path:
    description:
      - The list, a CSV file, seen from the directory of the configuration file. It may be encrypted with C(ansible-vault).
      - Comma, semicolon, tab and C(|) separate, whichever the first row uses most. A workbook (C(.xlsx)) is refused; save it as
        V(CSV UTF-8).
    type: str
    required: true
  schools_path:
    description:
      - A CSV file with all schools, with the columns V(district code), V(school number), V(school name) and, where the product needs
        it, V(school id). They become C(known) of C(sif_agent_schools) where schools are excluded.
      - What is wrong there is always an error, because with one school missing nobody knows what is shared.
    type: str
  encoding:
    description:
      - Character encoding of files without a byte order mark; with one, that decides. V(auto) is V(utf-8), and a file that is not is refused.
      - Excel's plain V(CSV) is V(windows-1252) in America and Western Europe; its V(CSV UTF-8) and V(Unicode Text) need nothing.
    type: str
    choices: [auto, utf-8, utf-16, windows-1252]
    default: auto
  columns:
    description:
      - For columns whose heading differs in your list, the heading, by V(district_code), V(district_name), V(powerschool_url), V(host),
        V(zis_url), V(zone_id), V(method), V(school_year), V(excluded_schools), V(contact), V(state), V(region) or V(system).
    type: dict
    default: {}
  variables:
    description:
      - Further columns, from heading to the name of the host variable that takes the text.
      - Passwords do not belong into a list; variables with such names are refused.
    type: dict
    default: {}
  ignore_columns:
    description: Headings of columns that do not matter. Any other heading that is not known is an error, because it may be mistyped.
    type: list
    elements: str
    default: []
  skip_bad_rows:
    description: List the good rows and warn of each wrong cell in the others, instead of listing none.
    type: bool
    default: false
  shared_hosts:
    description: Whether several districts may name the same host. Their agents then need different settings, such as C(sif_agent_config_path).
    type: bool
    default: false
  group:
    description: Name of the group of all districts.
    type: str
    default: sif_agents
seealso:
  - plugin: k12.sif.cloud_hosted
    plugin_type: test
  - plugin: ansible.builtin.constructed
    plugin_type: inventory
author:
  - The k12.sif contributors (@k12-sif)
"""

EXAMPLES = r"""
# inventory/districts.yml, with the list beside the directory inventory:
# district code,district name,PowerSchool URL,host,ZIS URL,zone id,method,school year,excluded schools,contact
# MAPLE,Maple Local Schools,https://sis.maple.example.org,sif.maple.example.org,https://zis.example.org/MAPLE,MAPLE,HTTPS,current,,
# OAK,Oak City Schools,https://oak.powerschool.com,,https://zis.example.org/OAK,OAK,HTTPS,current,Dogwood Academy,J. Doe
plugin: k12.sif.districts
path: ../districts.csv

---
# A list with other headings, written by Excel as plain CSV; more columns, groups and variables.
plugin: k12.sif.districts
path: ../exports/members.csv
schools_path: ../exports/schools.csv
encoding: windows-1252
columns:
  district_code: IRN
  powerschool_url: PS address
variables:
  Agent folder: agent_folder
ignore_columns:
  - Remarks
skip_bad_rows: true
compose:
  sif_agent_config_path: agent_folder ~ '/agent.cfg'
groups:
  waiting: sif_district_contact is not defined
keyed_groups:
  - key: sif_agent_method | lower
    prefix: method
"""
import os
import typing as t

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.problems import did_you_mean
from ansible_collections.k12.sif.plugins.plugin_utils._districts.columns import DISTRICT_COLUMNS
from ansible_collections.k12.sif.plugins.plugin_utils._districts.districts import District
from ansible_collections.k12.sif.plugins.plugin_utils._districts.problems import ListError, Problem
from ansible_collections.k12.sif.plugins.plugin_utils._districts.reading import Layout, Source, read_districts
from ansible_collections.k12.sif.plugins.plugin_utils._districts.variables import FIXED_GROUPS, groups_of, variables_of, why_no_variable

COLUMN_NAMES = [column.name for column in DISTRICT_COLUMNS]


class InventoryModule(BaseInventoryPlugin, Constructable):
    """See the documentation above."""

    NAME = "k12.sif.districts"

    # Nothing that could be a template is ever let through; without this every text would be listed as unsafe.
    trusted_by_default = True

    def verify_file(self, path: str) -> bool:
        """Whether the file may be a configuration of this plugin."""
        return super().verify_file(path) and path.endswith(("districts.yml", "districts.yaml"))

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Read the list that the configuration file names, and add its districts."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        self._refuse_impossible_columns(os.path.basename(path))
        try:
            districts, problems = self._read(os.path.dirname(path))
        except ListError as error:
            raise self._failure(error.problems, "No district is listed") from None
        if problems and not self.get_option("skip_bad_rows"):
            raise self._failure(problems, "No district is listed; with skip_bad_rows: true the good rows would be")
        for problem in problems:
            self.display.warning(f"{problem} This row is skipped.")
        for district in districts:
            self._add(district)

    def _read(self, directory: str) -> tuple[list[District], list[Problem]]:
        schools_path = self.get_option("schools_path")
        return read_districts(
            self._source(directory, self.get_option("path")),
            Layout(
                renamed={str(name): str(text) for name, text in self.get_option("columns").items()},
                variables={str(text): str(name) for text, name in self.get_option("variables").items()},
                ignored=self.get_option("ignore_columns"),
                shared_hosts=self.get_option("shared_hosts"),
            ),
            self._source(directory, schools_path) if schools_path else None,
            reserved={self.get_option("group").lower(), *FIXED_GROUPS},
        )

    def _source(self, directory: str, name: str) -> Source:
        try:
            # Decrypts what ansible-vault has encrypted.
            readable = self.loader.get_real_file(os.path.join(directory, os.path.expanduser(name)))
            with open(readable, "rb") as file:
                content = file.read()
        except (AnsibleError, OSError) as error:
            raise ListError([Problem(name, None, "", f"the file cannot be read: {error}", "correct path or schools_path, or the file")]) from None
        return Source(content, os.path.basename(name), self.get_option("encoding"))

    def _refuse_impossible_columns(self, file: str) -> None:
        for name in self.get_option("columns"):
            if name not in COLUMN_NAMES:
                raise AnsibleParserError(f"{file}: columns: {name!r} is no column. Remedy: {did_you_mean(str(name), COLUMN_NAMES)}.")
        given = self.get_option("variables")
        for heading, name in given.items():
            reason = why_no_variable(str(name))
            if reason is None and list(given.values()).count(name) > 1:
                reason = "takes the text of more than one column; give each a variable of its own"
            if reason:
                raise AnsibleParserError(f"{file}: variables: the variable {str(name)!r} for column {heading!r} {reason}.")

    def _failure(self, problems: t.Sequence[Problem], outcome: str) -> AnsibleParserError:
        lines = "".join(f"\n- {problem}" for problem in problems)
        return AnsibleParserError(f"{outcome}. Problems found: {len(problems)}{lines}")

    def _add(self, district: District) -> None:
        """Add a district with what the list says, and with what the options of Constructable make of that."""
        for group in (self.get_option("group"), *groups_of(district)):
            self.inventory.add_host(district.code, group=self.inventory.add_group(group))
        for name, value in variables_of(district).items():
            self.inventory.set_variable(district.code, name, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), self._known(district), district.code, strict=strict)
        variables = self._known(district)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, district.code, strict=strict, fetch_hostvars=False)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, district.code, strict=strict, fetch_hostvars=False)

    def _known(self, district: District) -> dict[str, t.Any]:
        return self.inventory.get_host(district.code).get_vars()
