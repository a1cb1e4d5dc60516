# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text as Markdown (CommonMark with the tables and task lists of GitHub and most ticket systems)."""

from __future__ import annotations

import re
import urllib.parse

from .blocks import Block, Caution, Checks, File, Heading, Items, Paragraph, Part, Steps, Table, Text, Value, Words

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
OPEN_BOX = "- [ ] "


def markdown(text: Text) -> str:
    """The whole text, with one line for each paragraph, item and row."""
    parts = [f"# {_escaped(text.title)}", f"To: {_escaped(text.reader)}", *(_block(block) for block in text.blocks)]
    return "\n\n".join(parts) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"## {_escaped(block.text)}"
    if isinstance(block, Paragraph):
        return _words(block.words)
    if isinstance(block, Caution):
        return f"> **{_escaped(block.statement)}** {_words(block.words)}"
    if isinstance(block, Table):
        rows = [block.head, tuple("---" for _column in block.head)]
        lines = [" | ".join(row) for row in rows]
        lines += [" | ".join(_cell(cell) for cell in row) for row in block.rows]
        return "\n".join(f"| {line} |" for line in lines)
    if isinstance(block, Items):
        return "\n".join(f"- {_words(item)}" for item in block.items)
    if isinstance(block, Steps):
        return "\n".join(f"{number}. {_words(step)}" for number, step in enumerate(block.steps, 1))
    if isinstance(block, Checks):
        return "\n".join(OPEN_BOX + _words(item) for item in block.items)
    raise TypeError(block)


def _words(words: Words) -> str:
    return "".join(_part(part) for part in words)


def _cell(words: Words) -> str:
    # In a table the bar ends a cell even inside code, so there it needs its backslash, which plain text has already.
    return "".join(_part(part).replace("|", r"\|") if isinstance(part, Value) else _part(part) for part in words)


def _part(part: Part) -> str:
    if isinstance(part, Value):
        return _code(part)
    if isinstance(part, File):
        return f"[{_escaped(part.name)}]({urllib.parse.quote(part.name)})"
    return _escaped(part)


def _code(value: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall("`+", value)), default=0) + 1)
    pad = " " if value[:1] == "`" or value[-1:] == "`" or (value[:1] == " " == value[-1:] and value.strip()) else ""
    return f"{fence}{pad}{value}{pad}{fence}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
