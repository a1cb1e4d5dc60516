# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads XML that comes from a stranger, and turns SIF objects into what a test can compare.

Nothing here expands an entity: a document with a DOCTYPE is refused before its content is looked at.
"""

from __future__ import annotations

import codecs
import re
from xml.etree import ElementTree
from typing import Dict, Optional, Tuple
from xml.parsers import expat

from .sif_errors import NOT_WELL_FORMED, SifError

MAX_DEPTH = 200
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def decode(raw: bytes) -> str:
    """Text of an XML document, by its byte order mark or declaration, otherwise UTF-8. Raises SifError 1/2."""
    encoding = next((name for bom, name in _BOMS if raw.startswith(bom)), None)
    if encoding is None:
        declared = _DECLARED.match(raw)
        encoding = declared.group(1).decode("ascii") if declared else "utf-8"
    try:
        return raw.decode(encoding)
    except (LookupError, UnicodeError) as error:
        raise SifError(NOT_WELL_FORMED, f"the bytes are not {encoding}: {error}") from None


class _TreeReader:
    """Builds an element tree without namespace prefixes and remembers where the root element lies."""

    def __init__(self) -> None:
        self._builder = ElementTree.TreeBuilder()
        self._depth = 0
        self.namespace: Optional[str] = None
        self.start = self.end = 0
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._builder.data

    def read(self, document: bytes) -> ElementTree.Element:
        self._parser.Parse(document, True)
        # The end tag of the root begins at `end`; of an empty element `<a/>` it is the end already.
        if document.startswith(b"</", self.end):
            self.end = document.index(b">", self.end) + 1
        return self._builder.close()

    def _refuse_doctype(self, *_args: object) -> None:
        raise SifError(NOT_WELL_FORMED, "a SIF_Message has no DOCTYPE")

    def _open(self, tag: str, attributes: Dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise SifError(NOT_WELL_FORMED, f"more than {MAX_DEPTH} elements in one another")
        prefix, _colon, name = tag.rpartition(":")
        if self._depth == 1:
            self.start = self._parser.CurrentByteIndex
            self.namespace = attributes.get(f"xmlns:{prefix}" if prefix else "xmlns")
        kept = {key: value for key, value in attributes.items() if key != "xmlns" and not key.startswith("xmlns:")}
        self._builder.start(name, kept)

    def _close(self, tag: str) -> None:
        if self._depth == 1:
            self.end = self._parser.CurrentByteIndex
        self._depth -= 1
        self._builder.end(tag.rpartition(":")[2])


def parse(raw: bytes) -> Tuple[ElementTree.Element, Optional[str], str]:
    """Root element (tags without prefix), its namespace, and its text as it was sent, without the prolog.

    Raises SifError 1/2 for anything that is not one well-formed document without a DOCTYPE.
    """
    document = decode(raw).encode("utf-8")
    reader = _TreeReader()
    try:
        root = reader.read(document)
    except expat.ExpatError as error:
        raise SifError(NOT_WELL_FORMED, str(error)) from None
    return root, reader.namespace, document[reader.start : reader.end].decode("utf-8")


def text_of(element: Optional[ElementTree.Element], path: str) -> str:
    """Text at the path below the element without surrounding blanks; empty when there is none."""
    return (element.findtext(path) or "").strip() if element is not None else ""


def to_int(text: str) -> Optional[int]:
    """A number without sign as SIF writes it, None for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def to_xml(element: ElementTree.Element) -> str:
    """One element as a document of its own."""
    copy = ElementTree.Element(element.tag, dict(element.attrib))
    copy.text = element.text
    copy.extend(list(element))
    if any(key.startswith("xsi:") for part in copy.iter() for key in part.attrib):
        copy.set("xmlns:xsi", XSI)
    return ElementTree.tostring(copy, encoding="unicode")


def flatten(element: ElementTree.Element) -> Dict[str, Optional[str]]:
    """Path -> value of each attribute and each element with text below the element.

    The second of equal elements is `Name[2]`; an element with xsi:nil="true" is there with the value None.
    """
    fields: Dict[str, Optional[str]] = {}
    _flatten_into(fields, element, "")
    return fields


def _flatten_into(fields: Dict[str, Optional[str]], element: ElementTree.Element, prefix: str) -> None:
    for name, value in element.attrib.items():
        if not name.startswith("xsi:"):
            fields[f"{prefix}@{name}"] = value
    seen: Dict[str, int] = {}
    for child in element:
        seen[child.tag] = seen.get(child.tag, 0) + 1
        path = prefix + child.tag + (f"[{seen[child.tag]}]" if seen[child.tag] > 1 else "")
        if child.get("xsi:nil") == "true":
            fields[path] = None
        elif len(child) == 0:
            fields[path] = (child.text or "").strip()
        _flatten_into(fields, child, path + "/")
