# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Elements that are not in the file yet."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Mapping

from .document import Element

if t.TYPE_CHECKING:
    from .edit import Editor

# Characters that XML 1.0 can hold (section 2.2); the others cannot even be written as references.
ILLEGAL_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NewElement:
    """An element that is not in the file yet. `text` and `children` exclude each other, as in all of agent.cfg."""

    def __init__(
        self,
        name: str,
        attributes: Mapping[str, str] | None = None,
        text: str = "",
        children: Iterable[NewElement] = (),
    ) -> None:
        self.name = name
        self.attributes = dict(attributes or {})
        self.content = text
        self.children: list[NewElement] = list(children)

    @classmethod
    def copy_of(cls, element: AnyElement, editor: Editor) -> NewElement:
        """A copy of an element as it will be after the changes so far, without comments."""
        children = [cls.copy_of(child, editor) for child in editor.children(element)]
        return cls(
            element.name, editor.attributes(element), "" if children else _own_text(editor.text(element)), children
        )


AnyElement = Element | NewElement


def _own_text(text: str) -> str:
    """The text of an element without the layout of a file around it."""
    return text.strip(" \t\r\n")
