# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hypothesis strategies for desired settings of any agent.cfg, and helpers that the tests of the planner share."""

from __future__ import annotations

import datetime
import difflib
import pathlib

import yaml
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg import plan as plan_module
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from hypothesis import strategies as st

COLLECTION = pathlib.Path(__file__).parents[5]
FIXTURES = COLLECTION / "tests" / "unit" / "fixtures"
OWN_FILES = sorted(FIXTURES.glob("*.cfg"))
PROFILES = COLLECTION / "plugins" / "plugin_utils" / "_agent_cfg" / "profiles"
LAB = yaml.safe_load((PROFILES / "lab.yml").read_text())
TODAY = datetime.date(2026, 11, 23)


def plan(data, desired, profile=LAB, today=TODAY):
    """Plan on bytes."""
    return plan_module.plan(Document.parse(data), desired, profile, today)


def changed_lines(planned):
    """The lines that a diff shows: - for removed, + for added."""
    diff = planned.diff()
    lines = difflib.unified_diff(diff["before"].splitlines(), diff["after"].splitlines(), lineterm="", n=0)
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("\t\n'\"<>&é€"), max_size=12
)
values = texts.filter(lambda text: not any(ord(character) in (0xFFFE, 0xFFFF) for character in text))
names = st.sampled_from(["A", "B", "STUDENT_NUM", "LAST_NAME", "NOM", "GENDER", "élève", "x.y"])
zone_ids = st.sampled_from(["State", "Library", "Ångström", "Zoné", "A", "KIMONO", 'new\'s "zone"'])
property_names = st.sampled_from(["adk.messaging.maxBufferSize", "app.title", "x.password", "lab.other", "é"])
properties = st.dictionaries(property_names, st.none() | values | st.integers(0, 99999) | st.booleans(), max_size=3)
state = st.sampled_from(["present", "absent"])


def optional(**keys):
    """A mapping in which every key may be missing."""
    return st.fixed_dictionaries({}, optional=keys)


schools = st.sampled_from(
    [
        {"include": ["100", "300"]},
        {"known": [{"number": "100", "name": "Alder"}, {"number": "200", "name": "Birch"}], "exclude": ["Birch"]},
        {"include": []},
    ]
)
zones = st.lists(
    st.tuples(
        st.fixed_dictionaries({"id": zone_ids}),
        optional(
            state=state,
            mode=st.sampled_from(["pull", "Push"]),
            pull_frequency=st.integers(1, 100000),
            properties=properties,
            school_year=st.sampled_from(["current", "2025-2026"]),
            schools=schools,
            smp=st.booleans(),
            method=st.sampled_from(["http", "https"]),
        ),
    ).map(
        lambda parts: {**parts[1], **parts[0], "url": "https://zis.example.org/" + parts[0]["id"].split()[0].strip("'")}
    ),
    max_size=3,
    unique_by=lambda zone: zone["id"],
)
rules = st.sampled_from(["LocalId", "Name[@Type='04' and @X < '2']/LastName", "@RefId", "A/B=é€", "x&y"])
directions = st.sampled_from(["inbound", "Outbound"])
versions = st.sampled_from(["2.3", "=2.3", "+2.0", "-1.5r1"])


def _key(field):
    return tuple(
        str(field.get(key, "")).lower().lstrip("=") if key != "name" else field[key]
        for key in ("name", "alias", "direction", "sif_version")
    )


fields = st.lists(
    st.tuples(
        st.fixed_dictionaries({"name": names, "rule": rules}),
        optional(
            alias=st.sampled_from(["AL", "é"]),
            direction=directions,
            sif_version=versions,
            valueset=st.just("Sex"),
            default=values,
            ifnull=st.sampled_from(["default", "suppress"]),
            state=state,
            datatype=st.sampled_from(["STRING", "int"]),
        ),
    ).map(lambda parts: {**parts[0], **parts[1]}),
    max_size=5,
    unique_by=_key,
)
value_lists = st.lists(
    st.tuples(
        st.fixed_dictionaries({"name": st.sampled_from(["", "M", "F", "é€"]), "value": values}),
        optional(title=values, state=state, ifnull=st.sampled_from(["default", "suppress"])),
    ).map(lambda parts: {**parts[0], **parts[1]}),
    max_size=3,
    unique_by=lambda value: value["name"],
)


@st.composite
def value_sets(draw):
    """A value set with at most one default."""
    listed = draw(value_lists)
    if listed and draw(st.booleans()):
        draw(st.sampled_from(listed))["default"] = draw(st.sampled_from(["both", "true", "inbound", "outbound"]))
    return {"values": listed, "exclusive": draw(st.booleans()), "state": draw(state)}


mappings = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["Default", "Other", "ForZone"]),
            "objects": st.dictionaries(
                st.sampled_from(["StudentPersonal", "SchoolInfo", "New"]),
                st.fixed_dictionaries({"fields": fields}, optional={"exclusive": st.booleans(), "state": state}),
                max_size=2,
            ),
            "valuesets": st.dictionaries(st.sampled_from(["Sex", "Codes"]), value_sets(), max_size=2),
        },
        optional={"zone_id": st.sampled_from(["A", "KIMONO"]), "properties": properties},
    ),
    max_size=2,
    unique_by=lambda item: item["id"],
)
transports = st.lists(
    st.fixed_dictionaries(
        {"protocol": st.sampled_from(["http", "https"])}, optional={"enabled": st.booleans(), "properties": properties}
    ),
    max_size=2,
    unique_by=lambda item: item["protocol"],
)
templates = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["Default", "Extra"])}, optional={"state": state, "properties": properties}
    ),
    max_size=2,
    unique_by=lambda item: item["id"],
)
desired_settings = optional(
    agent_id=st.sampled_from(["PowerSchool", "é\"'<"]),
    sif_version=st.sampled_from(["2.0r1", "2.*", 2.4]),
    mode=st.sampled_from(["pull", "push"]),
    properties=properties,
    templates=templates,
    transports=transports,
    zones=zones,
    mappings=mappings,
)
