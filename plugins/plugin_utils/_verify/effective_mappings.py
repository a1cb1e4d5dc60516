# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rules of the inventory's mappings the agent does not use in a zone, because nested mappings win there.

Of mappings and those nested in them an agent takes, for each message, the one whose own filters (zone, source, version) fit best; its rules
come before those of the mappings around it, rule by rule (Mappings.select of the ADK).
"""

from __future__ import annotations

import typing as t

from .._agent_cfg.mappings_data import read_mappings_item
from .._agent_cfg.mappings_spec import MappingsSpec, canonical_filter
from .._agent_cfg.problems import Problems

View = t.Mapping[str, t.Any]
_FILTERS = {"zone_id": "zoneId", "source_id": "sourceId", "sif_version": "sifVersion"}


def unused_rules(top: t.Sequence[View], items: t.Sequence[View], message: t.Mapping[str, str]) -> list[str]:
    """Name the rules that are in the file and have no effect.

    Args:
        top: the agent's mappings as k12.sif.agent_cfg_info returns them.
        items: the inventory's mappings, which the file has.
        message: C(zone_id), C(source_id) and C(sif_version) of the agent's messages in the zone.
    Returns:
        a few words for each, with what is used instead; empty when all of them work.
    """
    found: list[str] = []
    for item in items:
        for spec in read_mappings_item({**item, "place": "sif_agent_mappings"}, Problems()):
            root = next((view for view in top if view["id"] == spec.id), None)
            if root is not None:
                found += _unused(spec, root, _chain(root, message))
    return found


def _unused(spec: MappingsSpec, root: View, used: t.Sequence[View]) -> list[str]:
    """The rules of a spec, and of those nested in it, that the used mappings (the winner first) do not take from it."""
    meant = root if spec.filters is None or _has(root, spec.filters) else _nested(root, spec)
    if meant is None:
        return []
    found = []
    for rules in spec.objects:
        for rule in rules.rules:
            if rules.present and rule.present and rule.kind == "field":
                nearer = [view for view in used[: _position(used, meant)] if _text(view, rules.name, rule.key) not in (None, rule.element.content.strip())]
                if nearer:
                    found.append(f"{rules.name}/{rule.key}: that of the nested mappings {nearer[0]['id']} is used")
    for child in spec.children:
        inside = next((view for view in meant["children"] if view["id"] == child.id), None)
        if inside is not None:
            found += _unused(child, inside, used)
    return found


def _position(used: t.Sequence[View], meant: View) -> int:
    """How many mappings come before these; none when these are for other messages altogether."""
    return next((number for number, view in enumerate(used) if view is meant), 0)


def _nested(root: View, spec: MappingsSpec) -> View | None:
    """As the planner finds them: of the same id, anywhere inside, with the very filters."""
    pending = [root]
    while pending:
        view = pending.pop(0)
        for child in view["children"]:
            if child["id"] == spec.id and _has(child, spec.filters or {}):
                return child
        pending.extend(view["children"])
    return None


def _has(view: View, filters: t.Mapping[str, str]) -> bool:
    return all(canonical_filter(name, view[key] or None) == canonical_filter(name, filters.get(name)) for key, name in _FILTERS.items())


def _text(view: View, object_name: str, key: str) -> str | None:
    rules = view["objects"].get(object_name, {}).get("rules", [])
    return next((rule["rule"] for rule in rules if rule.get("key") == key), None)


def _chain(root: View, message: t.Mapping[str, str]) -> list[View]:
    """The mappings that are used for a message, the winner first, then those around it."""
    ways = sorted(_ways(root, []), key=_filter_count, reverse=True)
    best, highest = [root], 0
    for way in ways:
        scores = [_score(way[-1][key], message[key]) for key in _FILTERS]
        if min(scores) >= 0 and sum(scores) > highest:
            best, highest = way, sum(scores)
    return best[::-1]


def _ways(view: View, above: list[View]) -> t.Iterator[list[View]]:
    way = [*above, view]
    yield way
    for child in view["children"]:
        yield from _ways(child, way)


def _filter_count(way: t.Sequence[View]) -> int:
    return sum(len(view[key].split(",")) for view in way for key in _FILTERS if view[key])


def _score(written: str, value: str) -> int:
    if not written:
        return 0
    return 1 if value in written.split(",") else -1
