# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads mappings from plain data (YAML); the same things can be said as in a fragment of XML."""

from __future__ import annotations

import typing as t

from .edit import NewElement
from .fragment import read_fragment
from .java_text import trim
from .mappings_spec import Checks, MappingsSpec, ObjectRules, Rule, Value, Values, field_key
from .problems import Problems
from .reader import Reader

_FILTER_KEYS = {"zone_id": "zoneId", "source_id": "sourceId", "sif_version": "sifVersion"}
_ITEM_KEYS = ("id", *_FILTER_KEYS, "fragment", "objects", "valuesets", "properties", "place")
_FIELD_KEYS = {
    "name": "name",
    "alias": "alias",
    "direction": "direction",
    "sif_version": "sifVersion",
    "valueset": "valueset",
    "default": "default",
    "ifnull": "ifnull",
    "datatype": "datatype",
}
_VALUE_KEYS = ("name", "title", "default", "ifnull")


def read_mappings_item(item: t.Mapping[str, t.Any], problems: Problems) -> list[MappingsSpec]:
    """Read one entry of the desired mappings; what is wrong goes to `problems`."""
    return _Item(item, problems).read()


class _Item:
    def __init__(self, item: t.Mapping[str, t.Any], problems: Problems) -> None:
        self.item = item
        self.place = str(item["place"])
        self.problems = problems
        self.reader = Reader(problems)
        self.checks = Checks(problems)

    def read(self) -> list[MappingsSpec]:
        item = self.item
        self.reader.keys(item, _ITEM_KEYS, self.place)
        mappings_id = self.reader.text(item, "id", self.place)
        filters = {name: text for key, name in _FILTER_KEYS.items() if (text := self._filter(key)) is not None}
        self.checks.filters(filters, self.place)
        plain = [key for key in ("objects", "valuesets", "properties") if item.get(key) is not None]
        fragment = item.get("fragment")
        if fragment is not None and plain:
            self.problems.add(self.place, f"has a fragment and {plain[0]}", "make two entries of them")
        if fragment is None and not plain:
            self.problems.add(self.place, "says nothing", "give a fragment, objects, valuesets or properties")
        if fragment is not None:
            return self._fragment(fragment, mappings_id, filters)
        spec = MappingsSpec(
            mappings_id or "Default",
            filters or None,
            self.reader.properties(item, self.place),
            [self._object(name, data) for name, data in self._mapping(item, "objects")],
            [self._values(name, data) for name, data in self._mapping(item, "valuesets")],
            [],
            self.place,
        )
        return [spec]

    def _filter(self, key: str) -> str | None:
        value = self.item.get(key)
        if isinstance(value, (list, tuple)):
            value = ",".join(str(entry) for entry in value) or None
        # Blanks are complained about where all filters are checked.
        return None if value is None else self.reader.plain(value, f"{self.place}.{key}")

    def _fragment(self, text: t.Any, mappings_id: str | None, filters: dict[str, str]) -> list[MappingsSpec]:
        place = f"{self.place}.fragment"
        if not isinstance(text, str):
            self.problems.add(place, "must be a text", "give XML, e.g. with lookup('template', ...)")
            return []
        found = read_fragment(text, place, mappings_id, self.problems)
        for spec in found:
            if filters and spec.filters not in (None, filters):
                self.problems.add(spec.place, "the filters differ from those of the entry", "give them in one place")
            spec.filters = spec.filters or filters or None
        return found

    def _mapping(self, data: t.Mapping[str, t.Any], key: str) -> list[tuple[str, t.Mapping[str, t.Any]]]:
        value = data.get(key)
        if value is None:
            return []
        place = f"{self.place}.{key}"
        if not isinstance(value, t.Mapping):
            self.problems.add(place, "must be a mapping", "write name: and what belongs to it")
            return []
        found = []
        for name, entry in value.items():
            if not isinstance(entry, t.Mapping):
                self.problems.add(
                    f"{place}.{name}", "must be a mapping", "write what belongs to it as key: value lines"
                )
            else:
                found.append((str(name), entry))
        return found

    def _entries(self, data: t.Mapping[str, t.Any], key: str, place: str) -> list[tuple[str, dict[str, t.Any]]]:
        return [(f"{place}.{where}", entry) for where, entry in self.reader.items(data, key, "name")]

    def _attributes(self, data: t.Mapping[str, t.Any], names: t.Mapping[str, str], place: str) -> dict[str, str]:
        found = {}
        for key, name in names.items():
            if data.get(key) is not None:
                text = self._code(data, key, place)
                if text is not None:
                    found[name] = text
        return found

    def _code(self, data: t.Mapping[str, t.Any], key: str, place: str) -> str | None:
        """A text that YAML must not have turned into a boolean: a bare NO, Y or ON is one."""
        if isinstance(data[key], bool) and key != "default":
            self.problems.add(f"{place}.{key}", f"YAML reads it as {data[key]}", "put it in quotes")
            return None
        return self.reader.plain(data[key], f"{place}.{key}")

    def _object(self, name: str, data: t.Mapping[str, t.Any]) -> ObjectRules:
        place = f"{self.place}.objects.{name}"
        self.reader.keys(data, ("exclusive", "fields", "state"), place)
        rules = [self._field(entry, where) for where, entry in self._entries(data, "fields", place)]
        self.checks.unique_rules(rules, name)
        exclusive = self.reader.boolean(data, "exclusive", place) or False
        return ObjectRules(name, self.reader.present(data, place), exclusive, rules, place)

    def _field(self, data: dict[str, t.Any], place: str) -> Rule:
        self.reader.keys(data, (*_FIELD_KEYS, "rule", "otherid", "state"), place)
        attributes = self._attributes(data, _FIELD_KEYS, place)
        self.checks.field(attributes, place)
        if "direction" in attributes:
            attributes["direction"] = attributes["direction"].lower()
        text = "" if data.get("rule") is None else self._code(data, "rule", place) or ""
        other = None
        if data.get("otherid") is not None:
            if isinstance(data["otherid"], t.Mapping):
                self.reader.keys(data["otherid"], ("type", "prefix"), f"{place}.otherid")
                other = self._attributes(data["otherid"], {"type": "type", "prefix": "prefix"}, f"{place}.otherid")
            else:
                self.problems.add(f"{place}.otherid", "must be a mapping", "write type: and prefix:")
        present = self.reader.present(data, place)
        if present:
            self.checks.rule(text, other, attributes.get("name", ""), place)
        children = [] if other is None else [NewElement("otherid", other)]
        return Rule(
            "field", field_key(attributes), NewElement("field", attributes, trim(text), children), present, place
        )

    def _values(self, name: str, data: t.Mapping[str, t.Any]) -> Values:
        place = f"{self.place}.valuesets.{name}"
        self.reader.keys(data, ("title", "values", "state", "exclusive"), place)
        values = [self._value(entry, where) for where, entry in self._entries(data, "values", place)]
        self.checks.unique_values(values, name)
        title = None if data.get("title") is None else self.reader.plain(data["title"], f"{place}.title")
        exclusive = self.reader.boolean(data, "exclusive", place) or False
        return Values(name, title, self.reader.present(data, place), exclusive, values, place)

    def _value(self, data: dict[str, t.Any], place: str) -> Value:
        self.reader.keys(data, (*_VALUE_KEYS, "value", "state"), place)
        attributes = self._attributes(data, {key: key for key in _VALUE_KEYS}, place)
        if "name" not in attributes:
            self.problems.add(place, "a value has no name", 'give it one; name: "" is allowed')
        self.checks.value(attributes, place)
        text = "" if data.get("value") is None else self._code(data, "value", place) or ""
        element = NewElement("value", attributes, trim(text))
        return Value(attributes.get("name", ""), element, self.reader.present(data, place), place)
