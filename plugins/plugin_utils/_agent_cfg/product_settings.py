# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans school year, schools and state messaging plug-in of zones, where the product's profile says they are."""

from __future__ import annotations

import datetime
import difflib
import typing as t

from .desired import Desired, Reader, Zone
from .edit import AnyElement, NewElement
from .java_text import equals_ignore_case
from .problems import Problems
from .profile import Locator, Profile
from .recorder import Recorder
from .school_year import DEFAULT_START, SchoolYear, parse_start

_TITLES = {"school_year": "the school year", "schools": "the selected schools", "smp": "the state messaging plug-in"}


class ProductSettings:
    """The plan of the product's own settings."""

    def __init__(
        self,
        recorder: Recorder,
        desired: Desired,
        profile: Profile | None,
        today: datetime.date | None,
        problems: Problems,
    ) -> None:
        self.recorder = recorder
        self.editor = recorder.editor
        self.desired = desired
        self.profile = profile
        self.today = today
        self.problems = problems

    def plan(self, zones: t.Mapping[str, AnyElement]) -> None:
        """Make the edits in the zones that are present."""
        for zone in self.desired.zones:
            if zone.id in zones:
                for setting, value in zone.product.items():
                    self._setting(zone, zones[zone.id], setting, value)

    def _setting(self, zone: Zone, element: AnyElement, setting: str, value: t.Any) -> None:
        place = f"{zone.place}.{setting}"
        locator = self._locator(setting, place)
        if locator is None:
            return
        target = self._level(zone, element, locator, place)
        if target is None:
            return
        count = len(self.recorder.changes)
        if setting == "schools":
            schools = read_schools(value, locator.each, place, self.problems)
            if schools is not None:
                self._schools(target, locator, schools, place)
        else:
            text = self._year(value, locator, place) if setting == "school_year" else self._switch(zone, locator)
            if text is not None:
                self._value(element, target, locator, text, place)
        if locator.level != "zone" and len(self.recorder.changes) > count:
            self.recorder.warn(
                f"{_TITLES[setting]} of zone {zone.id} is kept in the {locator.level}, for other zones too"
            )

    def _locator(self, setting: str, place: str) -> Locator | None:
        title = _TITLES[setting]
        if self.profile is None:
            self.problems.add(
                place, f"without a profile nobody knows where the product keeps {title}", "name a profile"
            )
            return None
        locator = self.profile.locators[setting]
        if locator is None or locator.kind == "unknown":
            console = locator.console if locator is not None else ""
            self.problems.add(
                place,
                f"the profile {self.profile.name} does not know where the product keeps {title}",
                f"set it once in the console ({console or 'see its zone settings'}) with the playbook k12.sif.learn,"
                " which writes the entry for the profile",
            )
            return None
        return locator

    def _level(self, zone: Zone, element: AnyElement, locator: Locator, place: str) -> tuple[AnyElement, str] | None:
        """The element that a locator starts from, with its location."""
        if locator.level == "agent":
            return self.editor.root, "agent"
        if locator.level == "zone":
            return element, f"agent/zone[@id='{zone.id}']"
        template = self._template(element)
        if template is None:
            self.problems.add(
                place, f"zone {zone.id} has no template to keep the setting in", "give the zone a template"
            )
            return None
        return template, f"agent/template[@id='{self.editor.get(template, 'id')}']"

    def _template(self, zone: AnyElement) -> AnyElement | None:
        wanted = self.editor.get(zone, "template")
        templates = self.editor.children(self.editor.root, "template") if wanted is not None else []
        return next((template for template in templates if self.editor.get(template, "id") == wanted), None)

    # Values

    def _year(self, value: t.Any, locator: Locator, place: str) -> str | None:
        starts = self.desired.school_year_starts or DEFAULT_START
        try:
            parse_start(starts)
        except ValueError as error:
            self.problems.add("school_year_starts", str(error), "give the first day of a school year, MM-DD")
            return None
        if self.today is None:
            self.problems.add(
                place, "a school year cannot be planned without the date", "give the planner today's date"
            )
            return None
        try:
            year = SchoolYear.of(self.today, starts) if value == "current" else SchoolYear.parse(str(value))
        except ValueError as error:
            self.problems.add(place, str(error), "write current, or both calendar years")
            return None
        if year.is_over(self.today, starts):
            self.recorder.warn(
                f"{place}: the school year {year} is over since {starts} of {year.end}; write current to follow the"
                " calendar"
            )
        return year.format(locator.format)

    def _switch(self, zone: Zone, locator: Locator) -> str | None:
        enabled = Reader(self.problems).boolean(zone.product, "smp", zone.place)
        return None if enabled is None else locator.word(enabled)

    def _value(
        self, zone: AnyElement, target: tuple[AnyElement, str], locator: Locator, value: str, place: str
    ) -> None:
        """Write one value, unless the zone has it already, maybe by inheritance."""
        current = next(
            (
                found
                for found in (self._read(level, locator) for level in self._inheritance(zone, target[0], locator))
                if found is not None
            ),
            locator.word(locator.unset == "on") if locator.unset else None,
        )
        if current is not None and equals_ignore_case(current, value):
            return
        self._write(target, locator, value, place)

    def _inheritance(self, zone: AnyElement, target: AnyElement, locator: Locator) -> list[AnyElement]:
        if locator.level != "zone" or not (locator.inherit or locator.kind == "property"):
            return [target]
        template = self._template(zone)
        return [zone, *([] if template is None else [template]), self.editor.root]

    def _holder(self, level: AnyElement, locator: Locator) -> AnyElement | None:
        """The element below a level that holds the attribute or property; None when it is not there."""
        holder = level
        for name, match in _steps(locator):
            found = [
                child
                for child in self.editor.children(holder, name)
                if all(self.editor.get(child, key) == value for key, value in match.items())
            ]
            if not found:
                return None
            holder = found[0]
        return holder

    def _read(self, level: AnyElement, locator: Locator) -> str | None:
        holder = self._holder(level, locator)
        if holder is None:
            return None
        if locator.kind in ("property", "plugin_property"):
            return self.recorder.live_property(holder, locator.name)
        return self.editor.get(holder, locator.attribute)

    def _write(self, target: tuple[AnyElement, str], locator: Locator, value: str, place: str) -> None:
        level, location = target
        if not locator.create and self._read(level, locator) is None:
            self.problems.add(
                place,
                "the file does not have the setting that the profile names",
                f"set it once in the console ({locator.console or 'see its zone settings'}), or run the playbook"
                " k12.sif.learn again",
            )
            return
        for name, match in _steps(locator):
            location += f"/{name}" + "".join(f"[@{key}='{text}']" for key, text in match.items())
            found = [
                child
                for child in self.editor.children(level, name)
                if all(self.editor.get(child, key) == text for key, text in match.items())
            ]
            level = found[0] if found else self.recorder.child(level, NewElement(name, dict(match)), location)
        if locator.kind in ("property", "plugin_property"):
            self.recorder.property(level, locator.name, value, location)
        else:
            self.recorder.attribute(level, locator.attribute, value, location)

    # Schools

    def _schools(self, target: tuple[AnyElement, str], locator: Locator, schools: list[str], place: str) -> None:
        if locator.kind != "child_list":
            current = self._read(target[0], locator)
            listed = None if current is None else [entry for entry in current.split(locator.separator) if entry]
            if listed is None or set(listed) != set(schools):
                self._write(target, locator, locator.separator.join(schools), place)
            return
        level, location = target
        if locator.parent:
            location += f"/{locator.parent}"
            parents = self.editor.children(level, locator.parent)
            if not parents and not locator.create:
                self._write(target, locator, "", place)
                return
            level = parents[0] if parents else self.recorder.child(level, NewElement(locator.parent), location)
        entries = self.editor.children(level, locator.element)
        current_values = [self._entry(entry, locator) for entry in entries]
        for entry, value in zip(entries, current_values):
            if value not in schools:
                self.editor.remove_element(level, entry)
        for school in schools:
            if school not in current_values:
                attributes = {locator.attribute: school} if locator.attribute else {}
                new = NewElement(locator.element, attributes, "" if locator.attribute else school)
                self.editor.insert_child(level, new)
        if set(current_values) != set(schools):
            before = ", ".join(value or "" for value in current_values)
            self.recorder.note(location, locator.element, before or None, ", ".join(schools) or None)

    def _entry(self, entry: AnyElement, locator: Locator) -> str | None:
        return self.editor.get(entry, locator.attribute) if locator.attribute else self.editor.text(entry).strip()


def _steps(locator: Locator) -> list[tuple[str, t.Mapping[str, str]]]:
    if locator.kind == "attribute":
        return [(name, {}) for name in locator.path.split("/") if name]
    return [(locator.element, locator.match)] if locator.kind in ("child_attribute", "plugin_property") else []


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
