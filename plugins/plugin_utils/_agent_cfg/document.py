# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An XML file as a tree that remembers where in the file every tag, attribute and text stands.

So an edit can touch the characters of one value and nothing else. Nothing outside the file is ever fetched. Where the
agent would fetch a DTD or an entity, parsing is refused, because what the agent would see cannot be known.
"""

from __future__ import annotations

import bisect
import re

from .encoding import Decoded, EncodingError, decode
from .nodes import Attribute, CData, Comment, DocumentError, Element, Node, ProcessingInstruction, Text
from .scanner import scan

__all__ = [
    "Attribute",
    "CData",
    "Comment",
    "Document",
    "DocumentError",
    "Element",
    "Node",
    "ProcessingInstruction",
    "Text",
]

_LINE_END = re.compile(r"\r\n|\r|\n")


class Document:
    """A parsed file. Make it with Document.parse.

    data: the bytes; text: the characters without the byte order mark; encoding: Python codec that turns text into the
    bytes again; bom: the byte order mark or b""; newline: the line end that most lines have; declaration: the XML
    declaration or None; doctype: the document type declaration as written or None; root: the document element;
    nodes: everything at the top level (comments, processing instructions and the root) in order; attribute_defaults:
    what the internal subset gives to elements (by name) that do not have an attribute.
    """

    def __init__(self, data: bytes, decoded: Decoded) -> None:
        self.data = data
        self.text = decoded.text
        self.encoding = decoded.codec
        self.bom = decoded.bom
        self.decoded = decoded
        crlf = self.text.count("\r\n")
        bare = self.text.count("\n") - crlf
        self.newline = "\r\n" if crlf > bare else "\n" if bare or "\r" not in self.text else "\r"
        self._lines: list[int] | None = None
        self.declaration: str | None = None
        self.doctype: str | None = None
        self.attribute_defaults: dict[str, dict[str, str]] = {}
        self.nodes: list[Node] = []
        self.root: Element

    @classmethod
    def parse(cls, data: bytes) -> Document:
        """Parse the bytes of a file. Raises DocumentError."""
        if not data:
            raise DocumentError("the file is empty", 1, 1, "restore it from a backup")
        try:
            decoded = decode(data)
        except EncodingError as error:
            line = data.count(b"\n", 0, error.offset) + 1
            column = error.offset - (data.rfind(b"\n", 0, error.offset) + 1) + 1
            raise DocumentError(str(error), line, column, error.remedy) from None
        document = cls(data, decoded)
        scan(document)
        return document

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both counted from 1, of an offset into text."""
        if self._lines is None:
            self._lines = [0] + [match.end() for match in _LINE_END.finditer(self.text)]
        line = bisect.bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    @property
    def comments(self) -> list[Comment]:
        """All comments of the file, in document order."""
        found = [node for node in self.nodes if isinstance(node, Comment)]
        for element in self.root.iter():
            found += [node for node in element.nodes if isinstance(node, Comment)]
        return sorted(found, key=lambda node: node.start)
