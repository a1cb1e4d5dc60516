# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds out where a product keeps one setting of its console, from the file before and after somebody changed it there.

What is learned is proved: the planner, with the learned entry, must make of the file before what the console made of it.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .compare import differences
from .document import Document
from .learn_candidates import Candidate, lists_in_values, lists_of_elements, switches, years
from .learn_input import (
    LearnError,
    OtherWordNeeded,
    check,
    chosen_schools,
    need_zone,
    on_or_off,
    parsed,
    school_year,
)
from .learn_sites import Locator, Scope, Site, sites
from .meaning import Meaning, meaning_of
from .plan import PlanError, plan

__all__ = ["LearnError", "Learned", "OtherWordNeeded", "check", "learn"]

Difference = dict[str, "str | None"]

_TITLES = {"school_year": "the school year", "schools": "the schools", "smp": "the state messaging plug-in"}
_ONE_SETTING = "in the console change this one setting of this one zone, nothing else, save, and learn again"
_LONGEST = 160


@dataclasses.dataclass(frozen=True)
class Learned:
    """Where the setting is.

    Attributes:
        locator: the entry for the profile.
        explanation: the same in words.
        differences: what the change made different, without secrets.
        warnings: what is doubtful.
    """

    locator: Locator
    explanation: str
    differences: list[Difference]
    warnings: tuple[str, ...]


def learn(
    before: bytes,
    after: bytes,
    *,
    setting: str,
    zone: str,
    to: t.Any,
    came_from: str | None = None,
    known_schools: t.Sequence[t.Mapping[str, t.Any]] = (),
    back: bytes | None = None,
    ignore: t.Sequence[str] = (),
) -> Learned:
    """Learn where one setting is.

    Args:
        before: the file before the change.
        after: the file after the change.
        setting: school_year, schools or smp.
        zone: the id of the zone in which it was changed.
        to: what it was set to: a year like 2026-2027; numbers or names of schools, as a list or with commas; on or off.
        came_from: the school year that was set before. Needed where the product counts the years.
        known_schools: all schools, each with number, and name and id where known.
        back: for smp, the file after it was changed back.
        ignore: names of settings that the console changes at every save, as the differences call them.
    Raises:
        OtherWordNeeded: give `back` as well.
        LearnError: with the reason.
    """
    check(before, setting, zone, to, came_from, known_schools)
    return _Lesson(before, after, setting, zone, ignore).learn(to, came_from, known_schools, back)


@dataclasses.dataclass(frozen=True)
class _Change:
    """Two states of the file, and the value that leads from one to the other."""

    before: Document
    after: Document
    value: t.Callable[[Candidate], t.Any]


class _Lesson:
    def __init__(self, before: bytes, after: bytes, setting: str, zone: str, ignore: t.Sequence[str]) -> None:
        self.before, self.after = parsed(before, "before"), parsed(after, "after")
        self.setting, self.zone = setting, zone
        self.ignored = {name.removeprefix("@") for name in ignore}
        self.title = f"{_TITLES[setting]} of zone {zone}"
        need_zone(self.after, "after", zone)
        self.differences = self._differ(self.before, self.after)
        if not self.differences:
            raise LearnError(
                "nothing differs between the file before and the file after",
                f"set {self.title} in the console to another value than it has, save there (some consoles write the file"
                " only when they are closed), and make sure that this is the file of that agent",
            )
        self.meanings = meaning_of(self.before), meaning_of(self.after)
        self.scope = Scope(self.meanings[0], zone)

    def learn(
        self, to: t.Any, came_from: str | None, known: t.Sequence[t.Mapping[str, t.Any]], back: bytes | None
    ) -> Learned:
        changes = [_Change(self.before, self.after, lambda candidate: candidate.desired)]
        if self.setting == "school_year":
            candidates = self._years(to, came_from)
        elif self.setting == "schools":
            candidates = self._schools(to, known)
        else:
            returned = None if back is None else parsed(back, "after changing it back")
            candidates = self._switches(on_or_off(to), returned)
            if returned is not None:
                changes = [
                    _Change(self.before, self.after, lambda candidate: not candidate.desired),
                    _Change(self.after, returned, lambda candidate: candidate.desired),
                ]
        return self._only(candidates, changes)

    # Candidates

    def _years(self, to: t.Any, came_from: str | None) -> list[Candidate]:
        year = school_year(to)
        old = None if came_from is None else school_year(came_from)
        candidates = list(years(self._sites(*self.meanings), self.scope, year, old))
        if not candidates:
            self._refuse_all(
                f"no new value that a profile can name shows the school year {year}" + (f", come from {old}" if old else ""),
                f"if {year} is not what it was set to, correct sif_learn_to; if the product counts the years, say with"
                " sif_learn_from which one was set before",
            )
        return candidates

    def _schools(self, to: t.Any, known: t.Sequence[t.Mapping[str, t.Any]]) -> list[Candidate]:
        names = chosen_schools(to, known)
        candidates = [
            *lists_of_elements(*self.meanings, self.scope, names, known),
            *lists_in_values(self._sites(*self.meanings), self.scope, names, known),
        ]
        if not candidates:
            self._refuse_all(
                f"no new value or list that a profile can name is these schools by {', '.join(names)}: {', '.join(names['number'])}",
                "make sure that exactly these schools are chosen; if the file names them in another way, add that as id to"
                " the known schools (sif_agent_schools.known)",
            )
        return candidates

    def _switches(self, enabled: bool, back: Document | None) -> list[Candidate]:
        if back is None:
            found = switches(self._sites(*self.meanings), self.scope, enabled, changed_back=False)
        else:
            if not self._differ(self.after, back):
                raise LearnError("nothing differs after changing it back", "change it back in the console, and save")
            pair = self.meanings[1], meaning_of(back)
            found = switches(self._sites(*pair), self.scope, not enabled, changed_back=True)
        if not found.candidates and found.half_known:
            raise OtherWordNeeded(
                f"{self.title} was not in the file before, so it is not known how the product writes"
                f" {'off' if enabled else 'on'} (new: {'; '.join(found.half_known)})",
                f"switch it {'off' if enabled else 'on'} again in the console, save, and give that file too (sif_learn_back)",
            )
        if not found.candidates:
            self._refuse_all("no value that differs can be named by a profile", _ONE_SETTING)
        return found.candidates

    def _sites(self, before: Meaning, after: Meaning) -> list[Site]:
        return [site for site in sites(before, after) if self._counts(site.setting)]

    # Proof

    def _only(self, candidates: t.Sequence[Candidate], changes: t.Sequence[_Change]) -> Learned:
        """The one place that explains the whole difference."""
        proven: dict[str, Candidate] = {}
        failed: dict[str, list[str]] = {}
        for candidate in candidates:
            if candidate.label not in proven:
                unexplained = self._unexplained(candidate, changes)
                if unexplained:
                    failed.setdefault(candidate.label, unexplained)
                else:
                    proven[candidate.label] = candidate
        if len(proven) == 1:
            candidate = next(iter(proven.values()))
            return Learned(candidate.locator, self._explain(candidate), self.differences, candidate.warnings)
        labels = list(proven or failed)
        if len(labels) > 1:
            raise LearnError(
                f"{self.title} could be at more than one place:{_listed(labels)}",
                f"{_ONE_SETTING}; what the console changes at every save can be named in sif_learn_ignore",
            )
        raise LearnError(
            f"{self.title} seems to be at {labels[0]}, but that does not explain all of the change:"
            f"{_listed(failed[labels[0]])}",
            f"{_ONE_SETTING}; what the console changes at every save can be named in sif_learn_ignore",
        )

    def _unexplained(self, candidate: Candidate, changes: t.Sequence[_Change]) -> list[str]:
        """What still differs when the planner does what the console did."""
        for change in changes:
            values = [change.value(candidate)]
            if candidate.locator["kind"] == "child_list":
                # The order of schools means nothing: start from none, so that they come in the order of the file after.
                values.insert(0, {"include": []})
            planned = change.before
            try:
                for value in values:
                    planned = self._planned(planned, candidate.locator, value)
            except PlanError as error:
                return [problem.message for problem in error.problems]
            left = self._differ(planned, change.after)
            if left:
                return [_shown(item) for item in left]
        return []

    def _planned(self, document: Document, locator: Locator, value: t.Any) -> Document:
        profile = {"name": "learned", "settings": {self.setting: locator}}
        desired = {"zones": [{"id": self.zone, self.setting: value}]}
        return Document.parse(plan(document, desired, profile, datetime.date.min).content)

    def _differ(self, before: Document, after: Document) -> list[Difference]:
        return [item for item in differences(before, after) if self._counts(item["setting"] or "")]

    def _counts(self, setting: str) -> bool:
        return setting.removeprefix("@") not in self.ignored

    # Words

    def _refuse_all(self, reason: str, remedy: str) -> t.NoReturn:
        """Nothing fits. Where all of it is in other zones, that is the reason."""
        listed = _listed([_shown(item) for item in self.differences])
        elsewhere = {_zone_of(site.meaning) for site in self._sites(*self.meanings)} - {None}
        if elsewhere and self.zone not in elsewhere:
            zones = ", ".join(sorted(map(str, elsewhere)))
            raise LearnError(
                f"the change is in zone {zones}, not in {self.zone}:{listed}",
                f"change {self.title} in the console, or name the other zone in sif_learn_zone",
            )
        raise LearnError(f"the change is not understood, {reason}:{listed}", remedy)

    def _explain(self, candidate: Candidate) -> str:
        locator = candidate.locator
        how = {
            "school_year": lambda: f"written as {locator['format']}",
            "schools": lambda: f"each by its {locator['each']}",
            "smp": lambda: ", ".join(f"{key} is {word or 'left out'}" for key, word in _words(locator).items()),
        }[self.setting]()
        shared = "" if locator["level"] == "zone" else f", for all zones of this {locator['level']}"
        return f"{self.title[0].upper()}{self.title[1:]} is at {candidate.label}, {how}{shared}."


def _words(locator: Locator) -> Locator:
    return locator.get("vocabulary") or {"on": "there", "off": None}


def _zone_of(meaning: Meaning) -> str | None:
    """The id of the zone that an element is in."""
    while meaning.parent is not None and meaning.parent.parent is not None:
        meaning = meaning.parent
    return meaning.attributes.get("id") if meaning.parent is not None and meaning.name == "zone" else None


def _shown(difference: Difference) -> str:
    """One difference in one line."""
    before, after = ("nothing" if value is None else repr(value) for value in (difference["before"], difference["after"]))
    return f"{difference['location']}: {difference['setting']} from {_short(before)} to {_short(after)}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _listed(lines: t.Sequence[str]) -> str:
    return "".join(f"\n- {line}" for line in lines) + "\n"
