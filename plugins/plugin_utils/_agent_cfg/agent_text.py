# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of an element as the agent sees it in mappings."""

from __future__ import annotations

import re

from .document import CData, Element, Text

_REFERENCE = re.compile("&([^;]*);")
_PREDEFINED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def direct_text(element: Element) -> str:
    """The text the agent sees directly inside an element, CDATA included, not trimmed.

    What an entity of the internal subset stands for is missing: the agent's parser keeps such a reference apart from
    the text around it.
    """
    source = element.document.text
    parts = []
    for node in element.nodes:
        if isinstance(node, Text) and has_entity(source[node.start : node.end]):
            parts.append(_without_entities(source[node.start : node.end]))
        elif isinstance(node, (Text, CData)):
            parts.append(node.value)
    return "".join(parts)


def has_entity(raw: str) -> bool:
    """True when text, as it stands in the file, refers to an entity that XML itself does not define."""
    return "&" in raw and any(match[1] not in _PREDEFINED and match[1][0] != "#" for match in _REFERENCE.finditer(raw))


def _without_entities(raw: str) -> str:
    return _REFERENCE.sub(_character, raw.replace("\r\n", "\n").replace("\r", "\n"))


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name.startswith("#x"):
        return chr(int(name[2:], 16))
    return chr(int(name[1:])) if name.startswith("#") else _PREDEFINED.get(name, "")
