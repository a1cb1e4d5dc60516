# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places that could be where a product keeps one setting, judging by what changed there."""

from __future__ import annotations

import dataclasses
import typing as t

from .learn_sites import ELEMENT, TEXT, Locator, Scope, Site, is_property, key_attribute, path_of
from .learn_values import means_the_opposite, separator, year_formats
from .meaning import Meaning
from .places import place
from .school_year import SchoolYear


@dataclasses.dataclass(frozen=True)
class Candidate:
    """One way to name one place.

    Attributes:
        label: the place, for people; candidates of one place have the same.
        locator: the entry for the profile.
        desired: the value for the planner that must give what the console made.
        warnings: what is doubtful about it.
    """

    label: str
    locator: Locator
    desired: t.Any
    warnings: tuple[str, ...] = ()


def years(
    found: t.Sequence[Site], scope: Scope, year: SchoolYear, came_from: SchoolYear | None
) -> t.Iterator[Candidate]:
    """Values that show the school year."""
    for site in found:
        if site.after is None or site.part == ELEMENT:
            continue
        old = (site.before, came_from) if came_from is not None and site.before is not None else None
        formats = year_formats(site.after, year, old)
        warnings = ()
        if len(formats) > 1:
            warnings = (
                f"{site.after} can be read as {' or as '.join(formats)}; {formats[0]} is taken."
                " Remedy: learn again with another school year",
            )
        for pattern in formats:
            for locator in scope.locators(site):
                yield Candidate(site.label, {**locator, "format": pattern}, str(year), warnings)


def lists_in_values(
    found: t.Sequence[Site], scope: Scope, names: t.Mapping[str, list[str]], known: t.Sequence[t.Any]
) -> t.Iterator[Candidate]:
    """Values that list the schools."""
    for site in found:
        if site.after is None or site.part == ELEMENT:
            continue
        fitting = {each: parted for each, given in names.items() if (parted := separator(site.after, given))}
        for each, (mark, listed) in fitting.items():
            for locator in scope.locators(site):
                entry = {**locator, "each": each, "separator": mark}
                yield Candidate(site.label, entry, _chosen(listed, each, names, known), _each_warning(fitting))


def lists_of_elements(
    before: Meaning, after: Meaning, scope: Scope, names: t.Mapping[str, list[str]], known: t.Sequence[t.Any]
) -> t.Iterator[Candidate]:
    """Elements of which each names one of the schools."""
    pending: list[tuple[Meaning | None, Meaning]] = [(before, after)]
    while pending:
        left, right = pending.pop()
        children = {child.key: child for child in left.children} if left else {}
        pending.extend((children.get(child.key), child) for child in right.children)
        level = scope.level(right)
        keys = None if level is None else _container(level[1])
        if level is None or keys is None:
            continue
        for element, part, listed in _entries(right):
            if left and sorted(listed) == sorted(_values(left, element, part)):
                continue
            fitting = [each for each, given in names.items() if sorted(given) == sorted(listed)]
            for each in fitting:
                locator = {"level": level[0], "kind": "child_list", **keys, "element": element, "each": each}
                if part != TEXT:
                    locator["attribute"] = part
                label = f"{place(right.element)}: {element}" + ("" if part == TEXT else f"/@{part}")
                yield Candidate(label, locator, _chosen(listed, each, names, known), _each_warning(fitting))


def _container(steps: list[Meaning]) -> Locator | None:
    """Keys that name the element around the entries; None where a profile cannot name it."""
    if not steps:
        return {}
    path = path_of(steps[:-1])
    if path is None or key_attribute(steps[-1]) or steps[-1].key[-1]:
        return None
    return {**path, "parent": steps[-1].name}


def _entries(parent: Meaning) -> t.Iterator[tuple[str, str, list[str]]]:
    """The children of each name with what all of them have: an attribute, or a text."""
    for element in dict.fromkeys(child.name for child in parent.children):
        group = [child for child in parent.children if child.name == element]
        for part in (*group[0].attributes, TEXT):
            listed = _values(parent, element, part)
            if len(listed) == len(group):
                yield element, part, listed


def _values(parent: Meaning, element: str, part: str) -> list[str]:
    entries = (child for child in parent.children if child.name == element)
    values = (child.text or None if part == TEXT else child.attributes.get(part) for child in entries)
    return [value for value in values if value is not None]


def _chosen(listed: list[str], each: str, names: t.Mapping[str, list[str]], known: t.Sequence[t.Any]) -> t.Any:
    """The schools in the order of the file, as the planner wants them."""
    numbers = dict(zip(names[each], names["number"]))
    return {"known": list(known), "include": [numbers[name] for name in listed]}


def _each_warning(fitting: t.Collection[str]) -> tuple[str, ...]:
    if len(fitting) < 2:
        return ()
    first, *others = fitting
    return (f"the file may name schools by {first} or by {' or '.join(others)}, which are the same; {first} is taken",)


@dataclasses.dataclass(frozen=True)
class Switches:
    """Candidates for on and off, and the places that need a second change to know the other word."""

    candidates: list[Candidate]
    half_known: list[str]


def switches(found: t.Sequence[Site], scope: Scope, enabled: bool, changed_back: bool) -> Switches:
    """Values that say on or off.

    Args:
        enabled: what the values after the change say.
        changed_back: True when this is the second change, so that a value that was not there before is known to be none.
    """
    result = Switches([], [])
    for site in found:
        locators = scope.locators(site)
        before, after = site.before, site.after
        if is_property(site.meaning) and site.part == "enabled":
            before, after = before or "true", after or "true"  # what a missing attribute says
        if not locators:
            continue
        if before is None and not changed_back:
            result.half_known.append(site.label)
            continue
        if site.whole and not is_property(site.meaning) and site.part not in (TEXT, ELEMENT):
            continue  # came or went with its element
        if site.part == ELEMENT and (after is not None) != enabled:
            continue  # no locator says "on when it is missing"
        warnings = ()
        words = {"on": after, "off": before} if enabled else {"on": before, "off": after}
        if site.part == ELEMENT:
            words = {}
        elif means_the_opposite(words["on"], True) or means_the_opposite(words["off"], False):
            warnings = (
                f"{site.label} is {words['on']!r} for on and {words['off']!r} for off."
                " Remedy: make sure that it was not the other way round",
            )
        for locator in locators:
            entry = {**locator, "vocabulary": words} if words else locator
            result.candidates.append(Candidate(site.label, entry, enabled, warnings))
    return result
