# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is given to learn from, read or refused."""

from __future__ import annotations

import typing as t

from .document import Document, DocumentError
from .learn_values import known_names
from .problems import did_you_mean
from .profile import SETTINGS
from .school_year import SchoolYear


class LearnError(Exception):
    """Nothing can be learned from this. C(message) says why, C(remedy) what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}. Remedy: {remedy}.")
        self.message = message
        self.remedy = remedy


class OtherWordNeeded(LearnError):
    """The setting was not in the file before, so one must see how the product says the opposite: change it back."""


def parsed(data: bytes, when: str) -> Document:
    """A file. C(when) says which, for the message."""
    try:
        return Document.parse(data)
    except DocumentError as error:
        place = f", line {error.line}" if error.line else ""
        raise LearnError(f"the file {when}{place}: {error.message}", error.remedy) from None


def check(
    before: bytes,
    setting: str,
    zone: str,
    to: t.Any,
    came_from: str | None = None,
    known_schools: t.Sequence[t.Mapping[str, t.Any]] = (),
) -> None:
    """Refuse what nothing can be learned from, before somebody changes anything. Arguments and errors as for learn."""
    if setting not in SETTINGS:
        raise LearnError(f"nothing is known of a setting {setting!r}", did_you_mean(setting, SETTINGS))
    need_zone(parsed(before, "before"), "before", zone)
    if setting == "schools":
        chosen_schools(to, known_schools)
    elif setting == "smp":
        on_or_off(to)
    else:
        for year in (to, came_from):
            if year is not None:
                school_year(year)


def need_zone(document: Document, when: str, zone: str) -> None:
    """Refuse a file without the zone."""
    zones = [element.get("id", "") or "" for element in document.root.elements("zone")]
    if zone not in zones:
        raise LearnError(f"the file {when} has no zone {zone!r}", did_you_mean(zone, zones))


def chosen_schools(to: t.Any, known: t.Sequence[t.Mapping[str, t.Any]]) -> dict[str, list[str]]:
    """The chosen schools by number, and by id and name where these are known."""
    names, problems = known_names(to, known)
    if problems:
        raise LearnError(problems[0].message, problems[0].remedy)
    if len(names["number"]) < 2:
        raise LearnError("one school is too few to tell how several are written", "choose two schools or more in the console")
    return names


def school_year(text: t.Any) -> SchoolYear:
    """A school year like 2026-2027."""
    try:
        return SchoolYear.parse(str(text))
    except ValueError as error:
        raise LearnError(str(error), "write both calendar years, as the console means them") from None


def on_or_off(value: t.Any) -> bool:
    """True for on. YAML may have made a boolean of the word."""
    word = str(value).lower()
    if word not in ("true", "on", "yes", "false", "off", "no"):
        raise LearnError(f"{value!r} is neither on nor off", "write on or off")
    return word in ("true", "on", "yes")
