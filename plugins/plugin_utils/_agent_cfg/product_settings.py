# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans school year, schools and state messaging plug-in of zones, where the product's profile says they are."""

from __future__ import annotations

import datetime
import typing as t

from .desired import Desired, Zone
from .edit import AnyElement, NewElement
from .java_text import equals_ignore_case
from .problems import Problems
from .profile import Locator, Profile
from .reader import Reader
from .recorder import Recorder
from .school_year import DEFAULT_START, SchoolYear, parse_start
from .schools import read_schools

Steps = list[tuple[str, t.Mapping[str, str]]]

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
        elif setting == "school_year":
            text = self._year(value, locator, place)
            if text is not None:
                self._value(element, target, locator, text, place)
        else:
            enabled = Reader(self.problems).boolean(zone.product, setting, zone.place)
            if enabled is not None:
                self._switch(element, target, locator, enabled, place)
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

    def _switch(
        self, zone: AnyElement, target: tuple[AnyElement, str], locator: Locator, enabled: bool, place: str
    ) -> None:
        word = locator.word(enabled)
        if locator.kind == "child":
            word = "present" if enabled else None
        if word is None:
            self._absence(zone, target, locator, place)
        else:
            self._value(zone, target, locator, word, place)

    def _absence(self, zone: AnyElement, target: tuple[AnyElement, str], locator: Locator, place: str) -> None:
        """Remove a value. What the zone then inherits must not be the opposite of what is asked for."""
        levels = self._inheritance(zone, target[0], locator)
        if any(self._read(level, locator) is not None for level in levels[1:]):
            self.problems.add(
                place,
                "the product says it by leaving the setting out, but then the zone inherits one",
                "remove the setting of the template or the agent in the console",
            )
            return
        steps = _steps(locator)
        while (before := self._read(target[0], locator)) is not None:
            holder, location = self._descend(target, steps)
            if locator.kind in ("property", "plugin_property"):
                self.recorder.property(holder, locator.name, None, location)
            elif locator.kind in ("child", "text"):
                self.recorder.remove(self._descend(target, steps[:-1])[0], holder, location)
            else:
                self.editor.remove_attribute(holder, locator.attribute)
                self.recorder.note(location, locator.attribute, before, None)

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

    def _find(self, level: AnyElement, name: str, match: t.Mapping[str, str]) -> AnyElement | None:
        found = (
            child
            for child in self.editor.children(level, name)
            if all(self.editor.get(child, key) == value for key, value in match.items())
        )
        return next(found, None)

    def _holder(self, level: AnyElement, locator: Locator) -> AnyElement | None:
        """The element below a level that holds the value; None when it is not there."""
        holder: AnyElement | None = level
        for name, match in _steps(locator):
            holder = None if holder is None else self._find(holder, name, match)
        return holder

    def _descend(self, target: tuple[AnyElement, str], steps: Steps) -> tuple[AnyElement, str]:
        """The element at the end of some steps, with its location; what is missing on the way is made."""
        level, location = target
        for name, match in steps:
            location += f"/{name}" + "".join(f"[@{key}='{text}']" for key, text in match.items())
            found = self._find(level, name, match)
            level = found or self.recorder.child(level, NewElement(name, dict(match)), location)
        return level, location

    def _read(self, level: AnyElement, locator: Locator) -> str | None:
        holder = self._holder(level, locator)
        if holder is None:
            return None
        if locator.kind in ("property", "plugin_property"):
            return self.recorder.live_property(holder, locator.name)
        if locator.kind == "child":
            return "present"
        if locator.kind == "text":
            return self.editor.text(holder).strip()
        return self.editor.get(holder, locator.attribute)

    def _write(self, target: tuple[AnyElement, str], locator: Locator, value: str, place: str) -> None:
        before = self._read(target[0], locator)
        if not locator.create and before is None:
            self._never_made(locator, place)
            return
        level, location = self._descend(target, _steps(locator))
        if locator.kind in ("property", "plugin_property"):
            self.recorder.property(level, locator.name, value, location)
        elif locator.kind == "text":
            self.editor.set_text(level, value)
            self.recorder.note(location, "text", before, value, locator.element)
        elif locator.kind != "child":
            self.recorder.attribute(level, locator.attribute, value, location)

    def _never_made(self, locator: Locator, place: str) -> None:
        self.problems.add(
            place,
            "the file does not have the setting that the profile names",
            f"set it once in the console ({locator.console or 'see its zone settings'}), or run the playbook"
            " k12.sif.learn again",
        )

    # Schools

    def _schools(self, target: tuple[AnyElement, str], locator: Locator, schools: list[str], place: str) -> None:
        if locator.kind != "child_list":
            current = self._read(target[0], locator)
            listed = None if current is None else [entry for entry in current.split(locator.separator) if entry]
            if listed is None or set(listed) != set(schools):
                self._write(target, locator, locator.separator.join(schools), place)
            return
        if not locator.create and self._holder(target[0], locator) is None:
            self._never_made(locator, place)
            return
        level, location = self._descend(target, _steps(locator))
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


def _steps(locator: Locator) -> Steps:
    """From the level to the element that holds the value, or the entries of a list."""
    steps: Steps = [(name, {}) for name in locator.path.split("/") if name]
    if locator.kind == "child_list":
        return [*steps, (locator.parent, {})] if locator.parent else steps
    return [*steps, (locator.element, locator.match)] if locator.element else steps
