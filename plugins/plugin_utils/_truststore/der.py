# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of DER that PKCS12 needs: find values in bytes without losing their place, and put values together.

Source: ITU-T X.690. Only definite lengths are read: a store that uses BER's indefinite lengths could not be rewritten
byte for byte.
"""

from __future__ import annotations

INTEGER, OCTET_STRING, OID = 0x02, 0x04, 0x06
BMP_STRING, SEQUENCE, SET = 0x1E, 0x30, 0x31
EXPLICIT_0, IMPLICIT_0 = 0xA0, 0x80


class DerError(ValueError):
    """The bytes are not DER of the expected shape."""


class IndefiniteLength(DerError):
    """The bytes are BER with an indefinite length."""


class Node:
    """One tag-length-value at a place in `data`; `start` is its header, `body`..`end` its contents."""

    __slots__ = ("body", "data", "end", "start", "tag")

    def __init__(self, data: bytes, start: int, limit: int) -> None:
        """Read the value that begins at `start` and must end at `limit` or before. Raises DerError."""
        if start + 2 > limit:
            raise DerError("truncated")
        self.data, self.start, self.tag = data, start, data[start]
        if self.tag & 0x1F == 0x1F:
            raise DerError("tag number above 30")
        length, self.body = data[start + 1], start + 2
        if length == 0x80:
            raise IndefiniteLength("indefinite length")
        if length & 0x80:
            size = length & 0x7F
            if size > 4 or self.body + size > limit:
                raise DerError("bad length")
            length = int.from_bytes(data[self.body:self.body + size], "big")
            self.body += size
        self.end = self.body + length
        if self.end > limit:
            raise DerError("truncated")

    @property
    def raw(self) -> bytes:
        """The whole value with its header."""
        return self.data[self.start:self.end]

    @property
    def content(self) -> bytes:
        """The contents without the header."""
        return self.data[self.body:self.end]

    def expect(self, *tags: int) -> Node:
        """This node, if it has one of the tags. Raises DerError."""
        if self.tag not in tags:
            raise DerError(f"unexpected tag 0x{self.tag:02x}")
        return self

    def children(self, at_least: int = 0) -> list[Node]:
        """The values inside. Raises DerError if there are fewer than `at_least`."""
        found, position = [], self.body
        while position < self.end:
            found.append(Node(self.data, position, self.end))
            position = found[-1].end
        if len(found) < at_least:
            raise DerError("a value is missing")
        return found

    def inner(self, tag: int) -> Node:
        """The only value inside, for example of an explicit tag. Raises DerError."""
        inside = self.children(1)
        if len(inside) != 1:
            raise DerError("more than one value")
        return inside[0].expect(tag)

    def integer(self) -> int:
        """The value of an INTEGER. Raises DerError."""
        self.expect(INTEGER)
        if self.body == self.end:
            raise DerError("empty integer")
        return int.from_bytes(self.content, "big", signed=True)


def parse(data: bytes) -> Node:
    """The one value that `data` is. Raises DerError, also if bytes follow it."""
    node = Node(data, 0, len(data))
    if node.end != len(data):
        raise DerError("bytes after the end")
    return node


def encode(tag: int, *parts: bytes) -> bytes:
    """A value with this tag and the parts as contents."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER from its dotted form, with header."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        out += bytes(reversed(groups))
    return encode(OID, bytes(out))
