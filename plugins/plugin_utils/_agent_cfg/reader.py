# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads single keys of plain data, as it comes out of YAML; what is wrong becomes a problem."""

from __future__ import annotations

import typing as t

from .java_text import INT_MAX
from .new_element import ILLEGAL_CHARACTER
from .problems import Problems, did_you_mean

Properties = dict[str, "str | None"]


class Reader:
    """Reads single keys of plain data; what is wrong goes to `problems`, and None is read instead."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def keys(self, data: t.Mapping[str, t.Any], known: t.Sequence[str], place: str) -> None:
        """Complain about keys that mean nothing."""
        for key in data:
            if key not in known:
                self.problems.add(_join(place, str(key)), "there is no such setting", did_you_mean(str(key), known))

    def items(self, data: t.Mapping[str, t.Any], key: str, label: str) -> list[tuple[str, dict[str, t.Any]]]:
        """A list of mappings, each with the place it stands at."""
        value = data.get(key)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)):
            self.problems.add(key, "must be a list", "write each entry with a dash in front")
            return []
        found = []
        for index, item in enumerate(value):
            place = f"{key}[{index}]"
            if not isinstance(item, t.Mapping):
                self.problems.add(place, "must be a mapping", "write it as key: value lines")
                continue
            name = item.get(label)
            found.append((f"{place} ({name})" if name not in (None, "") else place, dict(item)))
        return found

    def text(self, data: t.Mapping[str, t.Any], key: str, place: str) -> str | None:
        """A text without blanks around it that is not empty; numbers are turned into text."""
        value = data.get(key)
        if value is None:
            return None
        place = _join(place, key)
        text = self.plain(value, place)
        if text is None:
            return None
        if not text.strip():
            self.problems.add(place, "must not be empty", "give it a value, or leave the key out")
            return None
        if text != text.strip():
            self.problems.add(place, f"there are blanks around {text!r}", "remove them; the agent does not")
            return None
        return text

    def required(self, data: t.Mapping[str, t.Any], key: str, place: str) -> str:
        """As text, but it must be there."""
        if data.get(key) is None:
            self.problems.add(_join(place, key), "is missing", "give it a value")
        return self.text(data, key, place) or ""

    def plain(self, value: t.Any, place: str) -> str | None:
        """Any scalar as the text it has in the file."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, (str, int, float)):
            self.problems.add(place, "must be a text, a number or a boolean", "put it in quotes")
            return None
        text = str(value)
        illegal = ILLEGAL_CHARACTER.search(text)
        if illegal:
            self.problems.add(place, f"the character U+{ord(illegal[0]):04X} cannot stand in an XML file", "remove it")
            return None
        return text

    def choice(self, data: t.Mapping[str, t.Any], key: str, known: t.Sequence[str], place: str) -> str | None:
        """One of some words, in any case; gives the word in lower case."""
        text = self.text(data, key, place)
        if text is None:
            return None
        if text.lower() not in known:
            self.problems.add(_join(place, key), f"{text!r} is unknown", "write " + " or ".join(known))
            return None
        return text.lower()

    def present(self, data: t.Mapping[str, t.Any], place: str) -> bool:
        """`state`: present unless absent is said."""
        return self.choice(data, "state", ("present", "absent"), place) != "absent"

    def boolean(self, data: t.Mapping[str, t.Any], key: str, place: str) -> bool | None:
        """A YAML boolean, or its usual words."""
        value = data.get(key)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).lower()
        if word in ("true", "yes", "on", "1"):
            return True
        if word in ("false", "no", "off", "0"):
            return False
        self.problems.add(_join(place, key), f"{value!r} is neither true nor false", "write true or false")
        return None

    def integer(self, data: t.Mapping[str, t.Any], key: str, place: str) -> int | None:
        """A whole number of at least 1 that Java's int can hold."""
        value = data.get(key)
        if value is None:
            return None
        text = str(value)
        if isinstance(value, (bool, float)) or not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= INT_MAX:
            self.problems.add(
                _join(place, key),
                f"{value!r} is no whole number between 1 and {INT_MAX}",
                "write digits only; the agent silently takes its default for anything else",
            )
            return None
        return int(text)

    def properties(self, data: t.Mapping[str, t.Any], place: str) -> Properties:
        """Names and values; null means that the property shall not be there."""
        value = data.get("properties")
        if value is None:
            return {}
        place = _join(place, "properties")
        if not isinstance(value, t.Mapping):
            self.problems.add(place, "must be a mapping", "write it as name: value lines")
            return {}
        found: Properties = {}
        for key, item in value.items():
            name = self.plain(key, place)
            if name is None or not name.strip() or name != name.strip():
                self.problems.add(place, f"{key!r} is no name of a property", "write a name without blanks around it")
                continue
            text = None if item is None else self.plain(item, f"{place}.{name}")
            if item is None or text is not None:
                found[name] = text
        return found

    def unique(self, places: list[tuple[str, str]], what: str) -> None:
        """Complain about an entry that is there twice."""
        seen: dict[str, str] = {}
        for place, key in places:
            if key and key in seen:
                self.problems.add(place, f"{what} {key!r} is already given in {seen[key]}", "make one entry of the two")
            seen.setdefault(key, place)


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
