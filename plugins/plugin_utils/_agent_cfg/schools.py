# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which schools are meant: from known schools and the included or excluded ones to what a file holds."""

from __future__ import annotations

import difflib
import typing as t

from .desired import Reader
from .problems import Problems


def read_schools(value: t.Any, each: str, place: str, problems: Problems) -> list[str] | None:
    """The schools to share, each as the file names it.

    Args:
        value: `known` (list of number, name and id), and `include` or `exclude` (numbers or names).
        each: number, name or id: what the file holds.
    Returns:
        numbers, names or ids in the order of `include`, else of `known`; None when there is a problem.
    """
    if not isinstance(value, t.Mapping):
        problems.add(place, "must be a mapping", "write include: or exclude: and the known schools")
        return None
    before = len(problems.found)
    Reader(problems).keys(value, ("known", "include", "exclude"), place)
    known = _known_schools(value.get("known"), place, problems)
    include, exclude = value.get("include"), value.get("exclude")
    if (include is None) == (exclude is None):
        problems.add(place, "needs either include or exclude", "give one list of the two")
        return None
    listed = include if include is not None else exclude
    if not isinstance(listed, (list, tuple)):
        problems.add(place, "include and exclude must be lists", "write each school with a dash in front")
        return None
    if exclude is not None and not known:
        problems.add(place, "exclude needs the known schools", "give known: with number and name of every school")
        return None
    chosen = []
    for entry in listed:
        school = _find_school(str(entry), known, place, problems)
        if school is not None and school not in chosen:
            chosen.append(school)
    if exclude is not None:
        chosen = [school for school in known if school not in chosen]
    values = []
    for school in chosen:
        if not school.get(each):
            number = school.get("number") or school.get("name")
            problems.add(
                place,
                f"the file names schools by {each}, which is not given for {number!r}",
                f"add the {each} to the known schools",
            )
        else:
            values.append(school[each])
    return None if len(problems.found) > before else values


def _known_schools(value: t.Any, place: str, problems: Problems) -> list[dict[str, str]]:
    found = []
    for entry in value or []:
        if not isinstance(entry, t.Mapping) or entry.get("number") is None:
            problems.add(f"{place}.known", f"{entry!r} is no school", "give each its number (in quotes) and name")
            continue
        found.append({key: str(entry[key]) for key in ("number", "name", "id") if entry.get(key) is not None})
    return found


def _find_school(entry: str, known: list[dict[str, str]], place: str, problems: Problems) -> dict[str, str] | None:
    if not known:
        return {"number": entry}
    for key in ("number", "name", "id"):
        for school in known:
            if school.get(key) == entry:
                return school
    words = [word for school in known for word in school.values()]
    near = difflib.get_close_matches(entry, words, 1, 0.0)
    names = ", ".join(school["number"] for school in known)
    problems.add(
        place, f"there is no school {entry!r}" + (f"; is {near[0]!r} meant?" if near else ""), f"known are {names}"
    )
    return None
