# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attached mappings are what the inventory says: merged into any agent.cfg they make what the collection itself would make."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import PlanError, plan
from ansible_collections.k12.sif.plugins.plugin_utils._hosting_request.mappings_document import read_mappings
from districts import ELM, MAPLE

AGENT = b"""<agent id="SIS" sifVersion="2.4">
  <mappings id="Default">
    <object object="StudentPersonal">
      <field name="OLD">@RefId</field>
      <field name="USERNAME">LocalId</field>
    </object>
  </mappings>
</agent>
"""
NESTED = [
    {
        "fragment": """<mappings id="Default"><!-- mailed -->
          <object object="StudentPersonal"><field name="A" sifVersion="+2.0">LocalId</field><field name="B">Name=x &lt; "y"
          z</field></object>
          <mappings id="inner" zoneId="ELM"><object object="StaffPersonal"><list xPath="A" ><field name="C">@RefId</field></list></object></mappings>
        </mappings>"""
    },
    {"objects": {"SchoolInfo": {"fields": [{"name": "D", "rule": "@RefId", "direction": "outbound", "default": "\u00e9&'\""}]}}},
    {"id": "Other", "source_id": "X", "properties": {"p": "1"}},
]


@pytest.mark.parametrize("items", [MAPPINGS["mappings"] for MAPPINGS in (MAPLE, ELM)] + [NESTED], ids=["maple", "elm", "nested"])
def test_merging_the_documents_is_merging_the_inventory(items):
    made = read_mappings(items)
    assert made.documents
    by_hand = Document.parse(AGENT)
    for document in made.documents:
        Document.parse(document.content.encode())  # well-formed alone
        by_hand = Document.parse(plan(by_hand, {"mappings": [{"fragment": document.content}]}).content)
    # What the inventory wants removed is told in words instead, so it is the only thing left to do.
    left = plan(by_hand, {"mappings": items})
    assert all(change.after is None for change in left.changes), left.changes
    assert bool(left.changes) == ("OLD" in str(made.removals))


def test_objects_are_counted():
    made = read_mappings(NESTED)
    assert [(document.id, document.objects) for document in made.documents] == [
        ("Default", (("StudentPersonal", 2), ("SchoolInfo", 1), ("StaffPersonal", 1))),
        ("Other", ()),
    ]


def test_what_shall_go_is_told_in_words_and_makes_no_document():
    made = read_mappings(
        [
            {
                "fragment": """<mappings id="Default"><property name="p" state="absent"/>
                <object object="A" state="absent"/><object object="B"><field name="X" state="absent"/></object>
                <valueset id="v" state="absent"/><valueset id="w"><value name="k" state="absent"/></valueset>
                <mappings id="inner"><object object="C" exclusive="true"/></mappings></mappings>"""
            }
        ]
    )
    assert made.removals == (
        "property p in the mappings Default",
        "object A in the mappings Default, with all its fields",
        "field X of object B in the mappings Default",
        "value set v in the mappings Default, with all its values",
        "value k of value set w in the mappings Default",
        "object C in the mappings inner: every field that the document does not have",
    )


def test_an_empty_list_makes_nothing():
    assert read_mappings([]).documents == ()


def test_what_the_planner_refuses_is_refused():
    with pytest.raises(PlanError, match="line 1"):
        read_mappings([{"fragment": "<object object='A'><field name='B'>@RefId</field><field name='B'>LocalId</field></object>"}])
