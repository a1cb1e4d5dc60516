# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mappings of an inventory as XML documents that can be sent to somebody who edits an agent's mappings by hand.

They are made by the planner that writes agent.cfg, so what it refuses is refused here, and what it merges is merged here.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .._agent_cfg.document import Document, Element
from .._agent_cfg.mappings_data import read_mappings_item
from .._agent_cfg.mappings_spec import MappingsSpec
from .._agent_cfg.model import load
from .._agent_cfg.plan import plan
from .._agent_cfg.problems import Problem, Problems, PlanError

# Its child without indentation makes the planner write the mappings without one, too.
_EMPTY_AGENT = b'<agent id="SIF" sifVersion="2.3">\n<property name="a" value="b"/>\n</agent>\n'
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclasses.dataclass(frozen=True)
class MappingsDocument:
    """One mappings element.

    Attributes:
        id: its id.
        content: the XML document.
        objects: each object with the number of its fields.
    """

    id: str
    content: str
    objects: tuple[tuple[str, int], ...]


@dataclasses.dataclass(frozen=True)
class Mappings:
    """All mappings: documents to merge, what shall go, and what an operator should know."""

    documents: tuple[MappingsDocument, ...]
    removals: tuple[str, ...]
    warnings: tuple[str, ...]


def read_mappings(items: t.Sequence[t.Mapping[str, t.Any]]) -> Mappings:
    """Turn the mappings of an inventory into documents.

    Args:
        items: as for the option C(mappings) of the module agent_cfg.
    Raises:
        PlanError: an item is wrong, or an agent could not load the result.
    """
    planned = plan(Document.parse(_EMPTY_AGENT), {"mappings": list(items)})
    loaded = load(planned.content)
    if not loaded.loads or loaded.document is None:
        raise PlanError([Problem("mappings", f"an agent could not load them: {loaded.error}", "correct the mappings")])
    documents = [_document(element) for element in loaded.document.root.elements("mappings") if element.children]
    warnings = [warning.replace(" in the file", " in the document; the agent must have it already") for warning in planned.warnings]
    return Mappings(tuple(documents), tuple(_removals(items)), tuple(warnings))


def _document(element: Element) -> MappingsDocument:
    text = element.document.text[element.start:element.end]
    objects = [
        (child.get("object", "") or "", sum(entry.name.lower() in ("field", "list") for entry in child.children))
        for child in element.iter()
        if child.name.lower() == "object"
    ]
    return MappingsDocument(element.get("id", "") or "", f"{_DECLARATION}{text}\n", tuple(objects))


def _removals(items: t.Sequence[t.Mapping[str, t.Any]]) -> t.Iterator[str]:
    problems = Problems()  # the planner has complained already
    for number, item in enumerate(items):
        for spec in read_mappings_item({**item, "place": f"mappings[{number}]"}, problems):
            yield from _removed_of(spec)


def _removed_of(spec: MappingsSpec) -> t.Iterator[str]:
    inside = f" in the mappings {spec.id}"
    yield from (f"property {name}{inside}" for name, value in spec.properties.items() if value is None)
    for rules in spec.objects:
        if not rules.present:
            yield f"object {rules.name}{inside}, with all its fields"
            continue
        if rules.exclusive:
            yield f"object {rules.name}{inside}: every field that the document does not have"
        yield from (f"{rule.kind} {rule.key} of object {rules.name}{inside}" for rule in rules.rules if not rule.present)
    for values in spec.value_sets:
        if not values.present:
            yield f"value set {values.id}{inside}, with all its values"
            continue
        if values.exclusive:
            yield f"value set {values.id}{inside}: every value that the document does not have"
        yield from (f"value {value.name} of value set {values.id}{inside}" for value in values.values if not value.present)
    for child in spec.children:
        yield from _removed_of(child)
