# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory says of a district: variables of the roles, and groups."""

from __future__ import annotations

import re
import typing as t

from .._agent_cfg.secrets import is_secret
from .cells import group_part
from .districts import SYSTEMS, District

CLOUD_HOSTED, SELF_HOSTED = "cloud_hosted", "self_hosted"
FIXED_GROUPS = (CLOUD_HOSTED, SELF_HOSTED, *SYSTEMS)
_VARIABLES = {
    "sif_district_code": "code",
    "sif_district_name": "name",
    "sif_district_contact": "contact",
    "sif_district_state": "state",
    "sif_district_region": "region",
    "sif_agent_powerschool_url": "powerschool_url",
    "sif_agent_zis_url": "zis_url",
    "sif_agent_zone_id": "zone_id",
    "sif_agent_method": "method",
    "sif_agent_school_year": "school_year",
    "ansible_host": "host",
}
_SCHOOLS = "sif_agent_schools"


def variables_of(district: District) -> dict[str, t.Any]:
    """The host variables of a district; where the list says nothing there is none, so that groups can say it."""
    found: dict[str, t.Any] = {name: getattr(district, field) for name, field in _VARIABLES.items()}
    found = {name: value for name, value in found.items() if value is not None}
    if district.excluded_schools:
        known = {"known": district.known_schools} if district.known_schools else {}
        found[_SCHOOLS] = {**known, "exclude": district.excluded_schools}
    return {**found, **district.variables}


def groups_of(district: District) -> list[str]:
    """The groups of a district, beside the one that all have."""
    groups = [CLOUD_HOSTED if district.cloud_hosted else SELF_HOSTED]
    if district.system:
        groups.append(district.system)
    groups += [f"{kind}_{group_part(text)}" for kind, text in (("state", district.state), ("region", district.region)) if text]
    return groups


def why_no_variable(name: str) -> str | None:
    """Why a further column cannot go to the variable of this name; None when it can."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return "is no name of a variable; use letters, digits and underscores"
    if name in _VARIABLES or name == _SCHOOLS:
        return "is set by a column of its own; use the option columns to say which"
    if is_secret(name):
        return "holds a secret, which does not belong into a list; keep it in a vault"
    return None
