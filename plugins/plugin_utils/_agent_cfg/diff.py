# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a file before and after its edits, as a person may see it: without secrets.

A secret looks the same before and after. So that its change is seen all the same, it is said behind the new one.
"""

from __future__ import annotations

from .document import Attribute, Document, Element
from .secrets import REDACTED, redact_document, redact_value

CHANGED = " (changed)"

Edit = tuple[int, int, str]


def redacted_diff(before: Document, after: Document, edits: list[Edit]) -> dict[str, str]:
    """The text before and after, line ends as \\n.

    Args:
        edits: what was replaced in the text of C(before), in order: start, end and the new text.
    """
    return {"before": redact_document(before), "after": redact_document(after, _changed_secrets(before, after, edits))}


def _changed_secrets(before: Document, after: Document, edits: list[Edit]) -> dict[int, str]:
    """By offset into the text after, what to say behind values whose change the masks hide."""
    old, new = _values(before), _values(after)
    notes, shift = {}, 0
    for start, end, replacement in edits:
        if (start, end) in old:
            place = start + shift
            left, right = old[start, end], new[place, place + len(replacement)]
            if _shown(*left) == _shown(*right) and REDACTED in _shown(*right):
                notes[place + len(replacement)] = CHANGED
        shift += len(replacement) - (end - start)
    return notes


def _values(document: Document) -> dict[tuple[int, int], tuple[Element, Attribute]]:
    """The attributes by the span of their value."""
    return {
        (attribute.value_start, attribute.value_end): (element, attribute)
        for element in document.root.iter()
        for attribute in element.written_attributes
    }


def _shown(element: Element, attribute: Attribute) -> str:
    owner = element.get("name", "") if attribute.name == "value" else attribute.name
    return redact_value(owner or "", attribute.value) or ""
