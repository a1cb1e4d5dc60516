# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which schools a person has to select or deselect in the console."""

from __future__ import annotations

import dataclasses
import typing as t

from .._agent_cfg.problems import Problems
from .._agent_cfg.schools import read_schools


@dataclasses.dataclass(frozen=True)
class School:
    """One school; what is not known of it is empty."""

    number: str
    name: str = ""


@dataclasses.dataclass(frozen=True)
class ChosenSchools:
    """Schools to deselect, and the only ones to select; where the latter are empty, all others stay selected."""

    deselect: tuple[School, ...] = ()
    only: tuple[School, ...] = ()


def choose_schools(value: t.Any, place: str, problems: Problems) -> ChosenSchools | None:
    """Read C(known), and C(include) or C(exclude); None when there is a problem.

    Unlike an agent.cfg, a person can be told which schools to leave out when not all are known.
    """
    if not value:
        return ChosenSchools()
    if isinstance(value, t.Mapping) and not value.get("known") and isinstance(value.get("exclude"), (list, tuple)) and value.get("include") is None:
        return ChosenSchools(deselect=tuple(School(str(entry)) for entry in dict.fromkeys(value["exclude"])))
    numbers = read_schools(value, "number", place, problems)
    if numbers is None:
        return None
    known = [School(str(entry["number"]), str(entry.get("name") or "")) for entry in value.get("known") or []]
    names = {school.number: school for school in known}
    only = () if value.get("include") is None else tuple(names.get(number, School(number)) for number in numbers)
    return ChosenSchools(tuple(school for school in known if school.number not in numbers), only)
