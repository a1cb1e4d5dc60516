# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Effective settings fit to be shown."""

from __future__ import annotations

import typing as t

from .secrets import is_secret, redact_inside, redact_value


def without_secrets(effective: dict[str, t.Any]) -> dict[str, t.Any]:
    """A copy of the effective settings in which passwords and keys are masked."""
    shown = dict(effective)
    shown["agent_properties"] = _properties(effective["agent_properties"])
    shown["transports"] = {name: _transport(settings) for name, settings in effective["transports"].items()}
    shown["zones"] = [
        {**zone, "url": redact_inside(zone["url"]), "own_properties": _properties(zone["own_properties"])}
        for zone in effective["zones"]
    ]
    shown["mappings"] = [_mappings(mappings) for mappings in effective["mappings"]]
    return shown


def nesting(mappings: list[dict[str, t.Any]]) -> int:
    """How deep mappings stand inside each other: 1 when none stands inside another."""
    depth = 0
    while mappings:
        depth += 1
        mappings = [child for item in mappings for child in item["children"]]
    return depth


def _properties(properties: dict[str, str]) -> dict[str, str | None]:
    return {name: redact_value(name, value) for name, value in properties.items()}


def _transport(settings: dict[str, t.Any]) -> dict[str, t.Any]:
    masked = {key: redact_value(key, value) if is_secret(key) else value for key, value in settings.items()}
    return {**masked, "properties": _properties(settings["properties"])}


def _mappings(mappings: dict[str, t.Any]) -> dict[str, t.Any]:
    return {
        **mappings,
        "properties": _properties(mappings["properties"]),
        "children": [_mappings(child) for child in mappings["children"]],
    }
