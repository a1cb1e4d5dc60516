# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An XML file as a tree that remembers where in the file every tag, attribute and text stands.

Expat decides whether the file is well-formed; a scanner over the same text finds the places, so that an edit can
touch the characters of one value and nothing else. Values are what the agent's parser (the JDK's Xerces) gives:
line ends normalised, character references and entities of the internal subset resolved, attribute values
normalised, defaults of the internal subset filled in.

Nothing outside the file is ever fetched. Where the agent would fetch a DTD or an entity, parsing is refused, because
what the agent would see cannot be known.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from xml.parsers import expat

from .encoding import Decoded, EncodingError, decode

_MAX_ENTITY = 100_000  # characters one entity may stand for
_MAX_ENTITY_DEPTH = 50  # entities within entities
_MAX_EXPANSION = 1_000_000  # characters all references of a file may stand for together
_SPACE = " \t\r\n"
_PREDEFINED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_PATH_KEYS = ("id", "name", "object", "protocol", "type", "number")
_TAG_NAME = re.compile(r"<([^ \t\r\n/>]+)")
_ATTRIBUTE = re.compile(r"""[ \t\r\n]+([^ \t\r\n=/>]+)[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)')""")
_TAG_END = re.compile(r"[ \t\r\n]*(/?)>")
_PI = re.compile(r"<\?([^ \t\r\n?]+)[ \t\r\n]*(.*?)\?>", re.S)
_REFERENCE = re.compile(r"&([^;]+);")
_LINE_END = re.compile(r"\r\n|\r|\n")
_TO_SPACE = str.maketrans("\t\r\n", "   ")
_ESCAPED_BYTES = {code: "\ufffd" for code in range(0xDC80, 0xDD00)}


class DocumentError(Exception):
    """The file cannot be read as XML.

    message: what is wrong; line, column: where (counted from 1) or None; remedy: what to do about it;
    refused: True when the file may be good for the agent but needs something outside it, which is never fetched.
    """

    def __init__(
        self, message: str, line: int | None = None, column: int | None = None, remedy: str = "", refused: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.remedy = remedy
        self.refused = refused

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}, column {self.column}: "
        return f"{place}{self.message}" + (f" ({self.remedy})" if self.remedy else "")


class Node:
    """A piece of content between `start` and `end` (offsets into Document.text)."""

    __slots__ = ("document", "end", "parent", "start", "value")

    def __init__(self, document: Document, parent: Element | None, start: int, end: int, value: str = "") -> None:
        self.document = document
        self.parent = parent
        self.start = start
        self.end = end
        self.value = value

    @property
    def line(self) -> int:
        """Line of the first character, counted from 1."""
        return self.document.position(self.start)[0]

    @property
    def column(self) -> int:
        """Column of the first character, counted from 1."""
        return self.document.position(self.start)[1]


class Text(Node):
    """Character data; value has line ends normalised and references resolved."""

    __slots__ = ()


class CData(Node):
    """A CDATA section."""

    __slots__ = ()


class Comment(Node):
    """A comment; value is the text between the dashes."""

    __slots__ = ()


class ProcessingInstruction(Node):
    """A processing instruction; value is what follows `target`."""

    __slots__ = ("target",)


class Attribute:
    """One attribute as written: `start`..`end` covers name and value, `value_start`..`value_end` what the quotes hold.

    An attribute that only the internal subset supplies as a default has `specified` False and no place (all -1).
    """

    __slots__ = ("end", "name", "quote", "specified", "start", "value", "value_end", "value_start")

    def __init__(
        self, name: str, value: str, quote: str = '"', start: int = -1, value_start: int = -1, value_end: int = -1
    ) -> None:
        self.name = name
        self.value = value
        self.quote = quote
        self.start = start
        self.value_start = value_start
        self.value_end = value_end
        self.end = value_end + 1 if value_end >= 0 else -1
        self.specified = start >= 0


class Element(Node):
    """An element. `open_end`: offset behind its start tag; `close_start`: offset of its end tag, None if self-closed."""

    __slots__ = ("_attributes", "attributes", "close_start", "name", "nodes", "open_end")

    def __init__(self, document: Document, parent: Element | None, name: str, start: int) -> None:
        super().__init__(document, parent, start, start)
        self.name = name
        self.attributes: dict[str, str] = {}
        self._attributes: dict[str, Attribute] = {}
        self.nodes: list[Node] = []
        self.open_end = start
        self.close_start: int | None = None

    def add_attribute(self, attribute: Attribute) -> None:
        """Used while parsing."""
        self._attributes[attribute.name] = attribute
        self.attributes[attribute.name] = attribute.value

    def attribute(self, name: str) -> Attribute | None:
        """The attribute with its place in the file, None when there is none."""
        return self._attributes.get(name)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Value of an attribute, or `default`."""
        return self.attributes.get(name, default)

    @property
    def written_attributes(self) -> list[Attribute]:
        """The attributes that stand in the file, in the order they stand there."""
        return [attribute for attribute in self._attributes.values() if attribute.specified]

    @property
    def children(self) -> list[Element]:
        """The elements directly inside this one."""
        return [node for node in self.nodes if isinstance(node, Element)]

    def elements(self, name: str) -> list[Element]:
        """The elements of one name directly inside this one."""
        return [node for node in self.nodes if isinstance(node, Element) and node.name == name]

    def iter(self) -> Iterator[Element]:
        """This element and all elements inside it, in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(element.children))

    def text(self) -> str:
        """Character data directly inside this element, CDATA included, comments left out."""
        return "".join([node.value for node in self.nodes if isinstance(node, (Text, CData))])

    @property
    def path(self) -> str:
        """Where the element is, for people: `agent/zone[@id='Z1']/property[@name='x']`."""
        steps = []
        element: Element | None = self
        while element is not None:
            steps.append(_step(element))
            element = element.parent
        return "/".join(reversed(steps))


class Document:
    """A parsed file. Make it with Document.parse.

    data: the bytes; text: the characters without the byte order mark; encoding: Python codec that turns text into the
    bytes again; bom: the byte order mark or b""; newline: the line end that most lines have; declaration: the XML
    declaration or None; doctype: the document type declaration as written or None; root: the document element;
    nodes: everything at the top level (comments, processing instructions and the root) in order.
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
        _Scanner(document, _check(document)).scan()
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


class _Declarations:
    """What the internal subset declares: entities and attribute defaults."""

    def __init__(self) -> None:
        self.entities: dict[str, str] = {}
        self.attributes: dict[str, dict[str, tuple[str, str | None]]] = {}

    def check_size(self) -> str | None:
        """Name of an entity that grows beyond all bounds, None when there is none."""
        sizes: dict[str, int] = {}
        for first in self.entities:
            stack = [first]
            while stack:
                name = stack[-1]
                if len(stack) > _MAX_ENTITY_DEPTH:
                    return name
                parts = [part for part in _REFERENCE.findall(self.entities[name]) if part in self.entities]
                missing = [part for part in parts if part not in sizes and part not in stack]
                if missing:
                    stack.append(missing[0])
                    continue
                # A part still on the stack is a recursion; using it is an error of its own, so it counts nothing here.
                sizes[name] = len(self.entities[name]) + sum(sizes.get(part, 0) for part in parts)
                if sizes[name] > _MAX_ENTITY:
                    return name
                stack.pop()
        return None


def _check(document: Document) -> _Declarations:
    """Well-formedness, by expat; gives what the internal subset declares. Raises DocumentError."""
    declarations = _Declarations()
    parser = expat.ParserCreate("utf-8")
    # Without this a parameter entity would be skipped silently; with it every fetch comes to `external`.
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)

    def external(_context: str | None, _base: str | None, system: str | None, _public: str | None) -> int:
        raise DocumentError(
            f"the file refers to {system!r} outside itself, which is never fetched",
            parser.CurrentLineNumber, parser.CurrentColumnNumber + 1,
            "remove the reference to the external DTD or entity", refused=True,
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
        name = declarations.check_size()
        if name:
            raise DocumentError(
                f"entity {name!r} expands to more than {_MAX_ENTITY} characters or {_MAX_ENTITY_DEPTH} levels",
                parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, "remove the entity declarations",
            )

    parser.ExternalEntityRefHandler = external
    parser.StartDoctypeDeclHandler = doctype
    parser.EndDoctypeDeclHandler = doctype_end
    parser.EntityDeclHandler = entity
    parser.AttlistDeclHandler = attribute
    _run(parser, document)
    return declarations


def _run(parser: expat.XMLParserType, document: Document) -> None:
    encoded = document.text.translate(_ESCAPED_BYTES).encode("utf-8", "replace")
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
        self.declared = declarations.attributes
        self.expanded = 0
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
                assert current is not None
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
            _run(expat.ParserCreate("utf-8", " "), document)

    def _start_tag(self, parent: Element | None, start: int) -> Element:
        text = self.text
        name = _TAG_NAME.match(text, start)
        assert name is not None
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
        assert end is not None
        element.open_end = end.end()
        return element

    def _declaration(self, parent: Element | None, nodes: list[Node], start: int) -> int:
        text = self.text
        if text.startswith("<!--", start):
            end = text.index("-->", start + 4) + 3
            nodes.append(Comment(self.document, parent, start, end, _normal_lines(text[start + 4:end - 3])))
        elif text.startswith("<![CDATA[", start):
            end = text.index("]]>", start) + 3
            nodes.append(CData(self.document, parent, start, end, self._shown(_normal_lines(text[start + 9:end - 3]))))
        else:
            end = _doctype_end(text, start)
            self.document.doctype = text[start:end]
        return end

    def _instruction(self, parent: Element | None, nodes: list[Node], start: int) -> int:
        match = _PI.match(self.text, start)
        assert match is not None
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
                f"not well-formed XML: entity {name!r} is used but not declared", line, column, "correct the file by hand"
            )
        if not in_attribute and "<" in value:
            return ""  # the agent's parser keeps such a reference apart, so its elements are seen by nobody
        self.expanded += len(value)
        if self.expanded > _MAX_EXPANSION:
            line, column = self.document.position(offset)
            raise DocumentError(
                f"the entities of the file expand to more than {_MAX_EXPANSION} characters",
                line, column, "remove the entity declarations",
            )
        if in_attribute:
            value = value.translate(_TO_SPACE)
        return _REFERENCE.sub(lambda match: self._resolve(match[1], offset, in_attribute), value)

    def _shown(self, value: str) -> str:
        return value.translate(_ESCAPED_BYTES) if self.document.decoded.errors == "surrogateescape" else value


def _normal_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _doctype_end(text: str, start: int) -> int:
    """Offset behind a document type declaration: the first `>` outside quotes, comments, and the internal subset."""
    pattern = re.compile(r"""<!--.*?-->|<\?.*?\?>|"[^"]*"|'[^']*'|[\[\]>]""", re.S)
    inside = False
    for match in pattern.finditer(text, start):
        if match[0] == "[":
            inside = True
        elif match[0] == "]":
            inside = False
        elif match[0] == ">" and not inside:
            return match.end()
    raise AssertionError("a document type declaration without end is not well-formed")


def _step(element: Element) -> str:
    for key in _PATH_KEYS:
        value = element.attributes.get(key)
        if value is not None:
            quote = '"' if "'" in value else "'"
            return f"{element.name}[@{key}={quote}{value}{quote}]"
    if element.parent is not None:
        same = element.parent.elements(element.name)
        if len(same) > 1:
            return f"{element.name}[{same.index(element) + 1}]"
    return element.name
