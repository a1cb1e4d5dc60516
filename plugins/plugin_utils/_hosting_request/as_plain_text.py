# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text as plain text for a form or a mail: 76 columns, except where a value is longer, because values are never broken."""

from __future__ import annotations

import textwrap

from .blocks import Block, Caution, Checks, File, Heading, Items, Paragraph, Part, Steps, Table, Text, Value, Words

_WIDTH = 76  # columns; the longest that mail programs leave alone when they quote
_BLANK = "\x00"  # stands for the blanks of a value while lines are filled
OPEN_BOX = "[ ] "


def plain_text(text: Text) -> str:
    """The whole text."""
    title = textwrap.fill(text.title, _WIDTH)
    head = f"{title}\n{'=' * max(map(len, title.splitlines()))}"
    return "\n\n".join([head, _filled(f"To: {text.reader}"), *(_block(block) for block in text.blocks)]) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{block.text}\n{'-' * len(block.text)}"
    if isinstance(block, Paragraph):
        return _filled(_words(block.words))
    if isinstance(block, Caution):
        return _filled(f"{block.statement} {_words(block.words)}", "!! ", "   ")
    if isinstance(block, Table):
        return _pairs(block.rows) if len(block.head) == 2 else "\n\n".join(_row(block.head, row) for row in block.rows)
    if isinstance(block, Items):
        return "\n".join(_filled(_words(item), "- ", "  ") for item in block.items)
    if isinstance(block, Steps):
        return "\n".join(_filled(_words(step), f"{number}. ", "   ") for number, step in enumerate(block.steps, 1))
    if isinstance(block, Checks):
        return "\n".join(_filled(_words(item), OPEN_BOX, "    ") for item in block.items)
    raise TypeError(block)


def _pairs(rows: tuple[tuple[Words, ...], ...]) -> str:
    names = [_words(row[0]) + ": " for row in rows]
    width = max(map(len, names))
    return "\n".join(_filled(_words(row[1]), f"{name:{width}}", " " * width) for name, row in zip(names, rows))


def _row(head: tuple[str, ...], row: tuple[Words, ...]) -> str:
    width = max(len(name) for name in head[1:]) + 2
    lines = [_words(row[0]).replace(_BLANK, " ")]
    for name, cell in zip(head[1:], row[1:]):
        if cell:
            lines.append(_filled(_words(cell), f"    {name + ':':{width}}", " " * (4 + width)))
    return "\n".join(lines)


def _filled(text: str, first: str = "", following: str = "") -> str:
    filled = textwrap.fill(
        text, _WIDTH, initial_indent=first, subsequent_indent=following, break_long_words=False, break_on_hyphens=False
    )
    return filled.replace(_BLANK, " ")


def _words(words: Words) -> str:
    return "".join(_part(part) for part in words)


def _part(part: Part) -> str:
    if isinstance(part, Value):
        return part.replace(" ", _BLANK)
    return part.name.replace(" ", _BLANK) if isinstance(part, File) else part
