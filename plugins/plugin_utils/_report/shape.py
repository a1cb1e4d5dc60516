# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form that data from a file must have. Each shape looks at a value, and raises ValueError that names the place when it is another."""

from __future__ import annotations

import datetime
import typing as t

from .words import moment

Shape = t.Callable[[t.Any, str], None]


def anything(value: t.Any, place: str) -> None:
    """Whatever it is; somebody else looks at it."""


def text(value: t.Any, place: str) -> None:
    """Text, which may be empty."""
    if not isinstance(value, str):
        raise ValueError(f"{place} is no text")


def flag(value: t.Any, place: str) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{place} is neither true nor false")


def day(value: t.Any, place: str) -> None:
    """A day such as C(2026-11-24)."""
    text(value, place)
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{place} is {value!r}, which is no day such as 2026-11-24") from None


def instant(value: t.Any, place: str) -> None:
    """A moment such as C(2026-11-24T06:00:00Z)."""
    try:
        moment(value)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def one_of(*values: str) -> Shape:
    """One of some words."""

    def shape(value: t.Any, place: str) -> None:
        if value not in values:
            raise ValueError(f"{place} is {value!r}, which is none of {', '.join(values)}")

    return shape


def maybe(shape: Shape) -> Shape:
    """Null, or of this shape."""
    return lambda value, place: None if value is None else shape(value, place)


def empty_or(shape: Shape) -> Shape:
    """An empty text, or of this shape."""
    return lambda value, place: None if value == "" else shape(value, place)


def each(shape: Shape) -> Shape:
    """A list of things of this shape."""

    def list_shape(value: t.Any, place: str) -> None:
        if not isinstance(value, t.Sequence) or isinstance(value, str):
            raise ValueError(f"{place} is no list")
        for number, item in enumerate(value):
            shape(item, f"{place}[{number}]")

    return list_shape


def named(shape: Shape) -> Shape:
    """A dictionary of things of this shape, whatever their names."""

    def dictionary_shape(value: t.Any, place: str) -> None:
        if not isinstance(value, t.Mapping):
            raise ValueError(f"{place} is no dictionary")
        for key, item in value.items():
            shape(item, f"{place}.{key}")

    return dictionary_shape


def having(**shapes: Shape) -> Shape:
    """A dictionary with at least these keys, each of its shape."""

    def dictionary_shape(value: t.Any, place: str) -> None:
        if not isinstance(value, t.Mapping):
            raise ValueError(f"{place} is no dictionary")
        for key, shape in shapes.items():
            if key not in value:
                raise ValueError(f"{place} has no {key}")
            shape(value[key], f"{place}.{key}")

    return dictionary_shape
