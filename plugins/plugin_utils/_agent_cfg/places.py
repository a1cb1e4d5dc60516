# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says where in a file something stands."""

from __future__ import annotations

from .document import Element

_MAX_DEPTH = 40


def place(element: Element) -> str:
    """The path of an element; in a file nested deeper than any real one, its name and how deep it stands."""
    depth, parent = 1, element.parent
    while parent is not None:
        depth, parent = depth + 1, parent.parent
    return element.path if depth <= _MAX_DEPTH else f"<{element.name}> {depth} levels deep in line {element.line}"
