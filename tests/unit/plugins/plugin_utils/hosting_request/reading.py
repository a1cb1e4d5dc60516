# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reader sees of a text in one of its formats."""

from __future__ import annotations

import html.parser

import pytest

_BLOCKS = ("td", "th", "li", "p", "h1", "h2")


class _Shown(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False
        if tag in _BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def shown(suffix: str, text: str) -> str:
    """The words, with one blank between them; Markdown as a program for Markdown shows it."""
    if suffix == "md":
        markdown_it = pytest.importorskip("markdown_it", reason="comes with molecule")
        text = markdown_it.MarkdownIt("commonmark").enable("table").render(text)
    if suffix in ("md", "html"):
        parser = _Shown()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    return " ".join(text.replace("[ ] ", "").split())
