# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expat decides whether a file is well-formed; a scanner over the same text finds where everything stands.

Values are what the agent's parser (the JDK's Xerces) gives: line ends normalised, character references and entities of
the internal subset resolved, attribute values normalised, defaults of the internal subset filled in.
"""

from __future__ import annotations

import re
import typing as t
from xml.parsers import expat

from .nodes import Attribute, CData, Comment, DocumentError, Element, Node, ProcessingInstruction, Text

if t.TYPE_CHECKING:
    from .document import Document

# The limits of the JDK: characters that all references of a file stand for, and references in attributes.
_MAX_CHARACTERS = 50_000_000
_MAX_REFERENCES = 64_000
_MAX_LEVELS = 50  # entities within entities
_PREDEFINED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_TAG_NAME = re.compile(r"<([^ \t\r\n/>]+)")
_ATTRIBUTE = re.compile(r"""[ \t\r\n]+([^ \t\r\n=/>]+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)')""")
_TAG_END = re.compile(r"[ \t\r\n]*(/?)>")
_PI = re.compile(r"<\?([^ \t\r\n?]+)[ \t\r\n]*(.*?)\?>", re.S)
_DOCTYPE_PART = re.compile(r"""<!--.*?-->|<\?.*?\?>|"[^"]*"|'[^']*'|[\[\]>]""", re.S)
_REFERENCE = re.compile(r"&([^;]+);")
_TO_SPACE = str.maketrans("\t\r\n", "   ")
_ESCAPED_BYTES = {code: "\ufffd" for code in range(0xDC80, 0xDD00)}


def scan(document: Document) -> None:
    """Fill the tree of a document whose text is known. Raises DocumentError."""
    declarations = _check(document)
    for element, attributes in declarations.attributes.items():
        document.attribute_defaults[element] = {
            name: default for name, (_kind, default) in attributes.items() if default is not None
        }
    _Scanner(document, declarations).scan()


class _Declarations:
    """What the internal subset declares: entities and attribute defaults."""

    def __init__(self) -> None:
        self.entities: dict[str, str] = {}
        self.measures: dict[str, _Measure] = {}
        self.attributes: dict[str, dict[str, tuple[str, str | None]]] = {}

    def measure(self) -> None:
        """Find out how much each entity stands for, without expanding any. Recursion has no size."""
        for first in self.entities:
            stack, waiting = [first], {first}
            while stack:
                name = stack[-1]
                parts = [part for part in _REFERENCE.findall(self.entities[name]) if part in self.entities]
                # A part still waiting is a recursion; using it is an error of its own, so it counts nothing here.
                missing = next((part for part in parts if part not in self.measures and part not in waiting), None)
                if missing is not None:
                    stack.append(missing)
                    waiting.add(missing)
                    continue
                inner = [self.measures[part] for part in parts if part in self.measures]
                self.measures[name] = _Measure(
                    len(self.entities[name]) + sum(part.characters for part in inner),
                    1 + sum(part.references for part in inner),
                    1 + max((part.levels for part in inner), default=0),
                )
                stack.pop()
                waiting.discard(name)

    def too_large(self, text: str) -> str | None:
        """Name of an entity with which the references in a text stand for too much, None when there is none."""
        characters = 0
        for name in _REFERENCE.findall(text) if self.entities else ():
            if name in self.measures:
                characters += self.measures[name].characters
                if characters > _MAX_CHARACTERS or self.measures[name].levels > _MAX_LEVELS:
                    return name
        return None


class _Measure(t.NamedTuple):
    """What an entity stands for, the entities inside it included."""

    characters: int
    references: int
    levels: int


def _check(document: Document) -> _Declarations:
    """Well-formedness, by expat; gives what the internal subset declares. Raises DocumentError."""
    declarations = _Declarations()
    parser = expat.ParserCreate("utf-8")
    # Without this a parameter entity would be skipped silently; with it every fetch comes to `external`.
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)

    def external(_context: str | None, _base: str | None, system: str | None, _public: str | None) -> int:
        raise DocumentError(
            f"the file refers to {system!r} outside itself, which is never fetched",
            parser.CurrentLineNumber,
            parser.CurrentColumnNumber + 1,
            "remove the reference to the external DTD or entity",
            refused=True,
        )

    def doctype(_name: str, system: str | None, public: str | None, _internal: int) -> None:
        if system is not None:
            external(None, None, system, public)

    def entity(name: str, parameter: int, value: str | None, *_where: str | None) -> None:
        if value is not None and not parameter:
            declarations.entities.setdefault(name, value)

    def attribute(element: str, name: str, kind: str, default: str | None, _required: int) -> None:
        declarations.attributes.setdefault(element, {}).setdefault(name, (kind, default))

    def doctype_end() -> None:
        declarations.measure()
        # Before expat expands anything: not every version of it knows a limit.
        name = declarations.too_large(encoded[parser.CurrentByteIndex :].decode())
        if name:
            raise DocumentError(
                f"with entity {name!r} the entities expand to more than {_MAX_CHARACTERS} characters or {_MAX_LEVELS} levels",
                parser.CurrentLineNumber,
                parser.CurrentColumnNumber + 1,
                "remove the entity declarations",
            )

    parser.ExternalEntityRefHandler = external
    parser.StartDoctypeDeclHandler = doctype
    parser.EndDoctypeDeclHandler = doctype_end
    parser.EntityDeclHandler = entity
    parser.AttlistDeclHandler = attribute
    encoded = _encoded(document)
    _run(parser, encoded, document)
    return declarations


def _encoded(document: Document) -> bytes:
    return document.text.translate(_ESCAPED_BYTES).encode("utf-8", "replace")


def _run(parser: expat.XMLParserType, encoded: bytes, document: Document) -> None:
    try:
        parser.Parse(encoded, True)
    except expat.ExpatError as error:
        offset = len(encoded[: max(parser.ErrorByteIndex, 0)].decode("utf-8", "replace"))
        line, column = document.position(offset)
        raise DocumentError(
            f"not well-formed XML: {expat.ErrorString(error.code)}", line, column, "correct the file by hand"
        ) from None


class _Scanner:
    """Builds the tree of a text that expat found well-formed; so it looks only for where things are."""

    def __init__(self, document: Document, declarations: _Declarations) -> None:
        self.document = document
        self.text = document.text
        self.entities = declarations.entities
        self.measures = declarations.measures
        self.declared = declarations.attributes
        self.resolved: dict[tuple[str, bool], str] = {}
        self.references = 0
        self.colons = False

    def scan(self) -> None:
        text, document, position = self.text, self.document, 0
        current: Element | None = None
        nodes = document.nodes
        while True:
            start = text.find("<", position)
            if start < 0:
                break
            if current is not None and start > position:
                nodes.append(Text(document, current, position, start, self._character_data(position, start)))
            mark = text[start + 1]
            if mark == "/":
                position = text.index(">", start) + 1
                current.close_start, current.end = start, position
                current = current.parent
                nodes = document.nodes if current is None else current.nodes
            elif mark == "!":
                position = self._declaration(current, nodes, start)
            elif mark == "?":
                position = self._instruction(current, nodes, start)
            else:
                element = self._start_tag(current, start)
                nodes.append(element)
                position = element.open_end
                if current is None:
                    document.root = element
                if text[position - 2] == "/":
                    element.end = position
                else:
                    current, nodes = element, element.nodes
        if self.colons:
            # Namespace rules matter only then; the agent's parser applies them, expat on request.
            # No separator that a namespace could hold.
            _run(expat.ParserCreate("utf-8", "\x01"), _encoded(self.document), self.document)

    def _start_tag(self, parent: Element | None, start: int) -> Element:
        text = self.text
        name = _TAG_NAME.match(text, start)
        element = Element(self.document, parent, name[1], start)
        declared = self.declared.get(element.name, {})
        self.colons = self.colons or ":" in element.name
        position = name.end()
        while True:
            match = _ATTRIBUTE.match(text, position)
            if match is None:
                break
            group = 2 if match[2] is not None else 3
            key, raw = match[1], match[group]
            if "&" in raw or "\n" in raw or "\t" in raw or "\r" in raw or declared:
                kind = declared[key][0] if key in declared else "CDATA"
                value = self._attribute_value(raw, match.start(group), kind)
            else:
                value = raw
            element.add_attribute(
                Attribute(key, self._shown(value), '"' if group == 2 else "'", match.start(1), *match.span(group))
            )
            self.colons = self.colons or ":" in key
            position = match.end()
        for key, (kind, default) in declared.items():
            if default is not None and key not in element.attributes:
                element.add_attribute(Attribute(key, default if kind == "CDATA" else " ".join(default.split())))
        end = _TAG_END.match(text, position)
        element.open_end = end.end()
        return element

    def _declaration(self, parent: Element | None, nodes: list[Node], start: int) -> int:
        text = self.text
        if text.startswith("<!--", start):
            end = text.index("-->", start + 4) + 3
            nodes.append(Comment(self.document, parent, start, end, _normal_lines(text[start + 4 : end - 3])))
        elif text.startswith("<![CDATA[", start):
            end = text.index("]]>", start) + 3
            nodes.append(
                CData(self.document, parent, start, end, self._shown(_normal_lines(text[start + 9 : end - 3])))
            )
        else:
            end = _doctype_end(text, start)
            self.document.doctype = text[start:end]
        return end

    def _instruction(self, parent: Element | None, nodes: list[Node], start: int) -> int:
        match = _PI.match(self.text, start)
        if match[1] == "xml":
            self.document.declaration = match[0]
        else:
            node = ProcessingInstruction(self.document, parent, start, match.end(), _normal_lines(match[2]))
            node.target = match[1]
            nodes.append(node)
        return match.end()

    def _character_data(self, start: int, end: int) -> str:
        raw = self.text[start:end]
        if "\r" in raw:
            raw = _normal_lines(raw)
        if "&" in raw:
            raw = _REFERENCE.sub(lambda match: self._resolve(match[1], start, False), raw)
        return self._shown(raw)

    def _attribute_value(self, raw: str, offset: int, kind: str) -> str:
        value = _normal_lines(raw).translate(_TO_SPACE)
        if "&" in value:
            self._count_references(value, offset)
            value = _REFERENCE.sub(lambda match: self._resolve(match[1], offset, True), value)
        return value if kind == "CDATA" else " ".join(part for part in value.split(" ") if part)

    def _resolve(self, name: str, offset: int, in_attribute: bool) -> str:
        """What a reference stands for. XML 1.0 sections 4.4 and 3.3.3."""
        if name[0] == "#":
            return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))
        if name in _PREDEFINED:
            return _PREDEFINED[name]
        value = self.entities.get(name)
        if value is None:
            # Expat lets this pass when a parameter entity could have declared it; the agent's parser does not.
            line, column = self.document.position(offset)
            raise DocumentError(
                f"not well-formed XML: entity {name!r} is used but not declared",
                line,
                column,
                "correct the file by hand",
            )
        if not in_attribute and "<" in value:
            return ""  # the agent's parser keeps such a reference apart, so its elements are seen by nobody
        key = name, in_attribute
        if key not in self.resolved:
            if in_attribute:
                value = value.translate(_TO_SPACE)
            self.resolved[key] = _REFERENCE.sub(lambda match: self._resolve(match[1], offset, in_attribute), value)
        return self.resolved[key]

    def _count_references(self, value: str, offset: int) -> None:
        """Those to entities in attributes; the agent's parser stops at too many."""
        names = _REFERENCE.findall(value) if self.measures else ()
        self.references += sum(self.measures[name].references for name in names if name in self.measures)
        if self.references > _MAX_REFERENCES:
            line, column = self.document.position(offset)
            raise DocumentError(
                f"the attributes refer to entities more than {_MAX_REFERENCES} times",
                line,
                column,
                "write the text of the entities itself",
            )

    def _shown(self, value: str) -> str:
        return value.translate(_ESCAPED_BYTES) if self.document.decoded.errors == "surrogateescape" else value


def _normal_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _doctype_end(text: str, start: int) -> int:
    """Offset behind a document type declaration: the first `>` outside quotes, comments, and the internal subset."""
    inside = False
    for match in _DOCTYPE_PART.finditer(text, start):
        if match[0] == "[":
            inside = True
        elif match[0] == "]":
            inside = False
        elif match[0] == ">" and not inside:
            return match.end()
    raise AssertionError("a document type declaration without end is not well-formed")
