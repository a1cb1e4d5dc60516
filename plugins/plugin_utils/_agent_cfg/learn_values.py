# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a value of a configuration says: a school year, a list of schools, on or off."""

from __future__ import annotations

import itertools
import re
import typing as t

from .problems import Problem, Problems
from .school_year import SchoolYear
from .schools import read_schools

_TOKENS = ("{start}", "{end}", "{start2}", "{end2}")
_PAIRS = tuple(first + second for first, second in itertools.permutations(_TOKENS, 2) if ("start" in first) != ("start" in second))
_DIGITS = re.compile(r"(\d+)")
_MAX_NUMBERS = 6
_SEPARATORS = (", ", "; ", ",", ";", "|", ":", "/", "-", " ")
_ON_WORDS = ("true", "yes", "on", "1", "enabled")
_OFF_WORDS = ("false", "no", "off", "0", "disabled")


def year_formats(text: str, year: SchoolYear, old: tuple[str, SchoolYear] | None = None) -> list[str]:
    """How a value writes a school year.

    Args:
        text: the value that the product wrote.
        year: the school year that it means.
        old: the value before, and the year that it meant. Then every format must fit both, and numbers that are not
            the year's may stand in the value.
    Returns:
        formats for SchoolYear.format, the likeliest first; empty when the value does not show the year.
    """
    parts = _DIGITS.split(text)
    if len(parts) > 2 * _MAX_NUMBERS + 1 or "{" in text:
        return []
    choices = [
        [part] if index % 2 == 0 else _writings(part, year) + ([part] if old else []) for index, part in enumerate(parts)
    ]
    formats = ["".join(chosen) for chosen in itertools.product(*choices) if any("{" in part for part in chosen)]
    if old is not None:
        formats = [pattern for pattern in formats if old[1].format(pattern) == old[0]]
        formats = formats or _counted(text, year, *old)
    return sorted(formats, key=lambda pattern: pattern.count("{"))


def _writings(digits: str, year: SchoolYear) -> list[str]:
    return [pattern for pattern in (*_TOKENS, *_PAIRS) if year.format(pattern) == digits]


def _counted(text: str, year: SchoolYear, old_text: str, old_year: SchoolYear) -> list[str]:
    """The year as a number that grows with it, as in 35 and then 36, or 3500 and then 3600."""
    new, old = (re.fullmatch(r"(\D*)([1-9]\d*)(\D*)", value) for value in (text, old_text))
    if not new or not old or (new[1], new[3]) != (old[1], old[3]):
        return []
    for length in range(len(new[2])):
        number, tail = new[2][: len(new[2]) - length], new[2][len(new[2]) - length :]
        before = old[2].removesuffix(tail)
        if not old[2].endswith(tail) or not before:
            return []
        if int(number) - int(before) == year.start - old_year.start != 0 and year.start > int(number):
            return [f"{new[1]}{{start-{year.start - int(number)}}}{tail}{new[3]}"]
    return []


def known_names(given: t.Any, known: t.Sequence[t.Mapping[str, t.Any]]) -> tuple[dict[str, list[str]], list[Problem]]:
    """Some schools as a file could name them.

    Args:
        given: the schools, a list of numbers or names, or such a list in one text with commas.
        known: all schools, with number, name and id where they are known.
    Returns:
        the schools by number, id and name, each only where all of them have it; what is wrong with the schools given.
    """
    entries = given.split(",") if isinstance(given, str) else given
    if not isinstance(entries, (list, tuple)):
        entries = [entries]
    value = {"known": list(known), "include": [str(entry).strip() for entry in entries]}
    found: dict[str, list[str]] = {}
    numbers = Problems()
    for each in ("number", "id", "name"):
        names = read_schools(value, each, "the schools", numbers if each == "number" else Problems())
        if names is not None:
            found[each] = names
    return found, numbers.found


def separator(text: str, names: t.Sequence[str]) -> tuple[str, list[str]] | None:
    """What separates the names in a value, and the names in the order of the value; None when it is no such list."""
    for mark in _SEPARATORS:
        listed = text.split(mark)
        if len(listed) == len(names) and set(listed) == set(names):
            return mark, listed
    return None


def means_the_opposite(word: str | None, enabled: bool) -> bool:
    """True for a word that commonly says the opposite."""
    return word is not None and word.lower() in (_OFF_WORDS if enabled else _ON_WORDS)
