# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text consists of, before it is Markdown, plain text or HTML. The three formats say the same because they are made of this."""

from __future__ import annotations

import dataclasses
import typing as t


class Value(str):
    """A part of a text that people copy as it stands: a URL, an id, a name of a file."""

    __slots__ = ()


@dataclasses.dataclass(frozen=True)
class File:
    """A file that lies beside the text, by its name."""

    name: str


Part = t.Union[str, Value, File]
Words = tuple[Part, ...]


def words(template: str, *values: Part) -> Words:
    """A sentence; each C({}) of the template is replaced by the next value.

    Plain texts among the values stay plain; what is to be copied comes as C(Value), a file as C(File).
    """
    pieces = template.split("{}")
    if len(pieces) != len(values) + 1:
        raise ValueError(f"{len(values)} values for {template!r}")
    parts: list[Part] = [pieces[0]]
    for value, piece in zip(values, pieces[1:]):
        parts += [value, piece]
    return tuple(part for part in parts if part != "")


def listed(values: t.Sequence[Part], last: str = "and") -> Words:
    """Values as in a sentence: a, b and c."""
    parts: list[Part] = []
    for number, value in enumerate(values):
        if number:
            parts.append(f" {last} " if number == len(values) - 1 else ", ")
        parts.append(value)
    return tuple(parts)


@dataclasses.dataclass(frozen=True)
class Heading:
    """A heading below the title."""

    text: str


@dataclasses.dataclass(frozen=True)
class Paragraph:
    """Plain running text."""

    words: Words


@dataclasses.dataclass(frozen=True)
class Caution:
    """What goes wrong when the reader does not know it. C(text) begins with the short statement."""

    statement: str
    words: Words


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows under headings; the first cell of a row names what the row is about."""

    head: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]


@dataclasses.dataclass(frozen=True)
class Items:
    """Things in any order."""

    items: tuple[Words, ...]


@dataclasses.dataclass(frozen=True)
class Steps:
    """Things to do one after the other."""

    steps: tuple[Words, ...]


@dataclasses.dataclass(frozen=True)
class Checks:
    """Things to tick."""

    items: tuple[Words, ...]


Block = t.Union[Heading, Paragraph, Caution, Table, Items, Steps, Checks]


@dataclasses.dataclass(frozen=True)
class Text:
    """One text for one reader."""

    title: str
    reader: str
    blocks: tuple[Block, ...]
