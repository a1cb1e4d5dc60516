# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text as one HTML page that needs nothing beside it, for the screen (light and dark) and for paper."""

from __future__ import annotations

import html as escaping
import urllib.parse

from .blocks import Block, Caution, Checks, File, Heading, Items, Paragraph, Part, Steps, Table, Text, Value, Words
from .html_style import STYLE


def html(text: Text) -> str:
    """The whole page."""
    blocks = "\n".join(_block(block) for block in text.blocks)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{_escaped(text.title)}</title>
<style>
{STYLE}</style>
</head>
<body>
<main>
<h1>{_escaped(text.title)}</h1>
<p class="reader">To: {_escaped(text.reader)}</p>
{blocks}
</main>
</body>
</html>
"""


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h2>{_escaped(block.text)}</h2>"
    if isinstance(block, Paragraph):
        return f"<p>{_words(block.words)}</p>"
    if isinstance(block, Caution):
        return f'<p class="caution" role="note"><strong>{_escaped(block.statement)}</strong> {_words(block.words)}</p>'
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Items):
        return _list("ul", [_words(item) for item in block.items])
    if isinstance(block, Steps):
        return _list("ol", [_words(step) for step in block.steps])
    if isinstance(block, Checks):
        # One line, so that a click anywhere on it ticks the box.
        boxes = [f'<label><input type="checkbox"><span>{_words(item)}</span></label>' for item in block.items]
        return _list('ul class="checks"', boxes)
    raise TypeError(block)


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_escaped(name)}</th>' for name in table.head)
    rows = []
    for name, *cells in table.rows:
        cells_shown = "".join(f"<td>{_words(cell)}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{_words(name)}</th>{cells_shown}</tr>')
    body = "\n".join(rows)
    kind = ' class="pairs"' if len(table.head) == 2 else ""  # names beside values need no visible heading
    return f"<table{kind}>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _list(tag: str, items: list[str]) -> str:
    body = "\n".join(f"<li>{item}</li>" for item in items)
    return f"<{tag}>\n{body}\n</{tag.split()[0]}>"


def _words(words: Words) -> str:
    return "".join(_part(part) for part in words)


def _part(part: Part) -> str:
    if isinstance(part, Value):
        return f"<code>{_escaped(part)}</code>"
    if isinstance(part, File):
        return f'<a href="{_escaped(urllib.parse.quote(part.name))}">{_escaped(part.name)}</a>'
    return _escaped(part)


def _escaped(text: str) -> str:
    return escaping.escape(text, quote=True)
