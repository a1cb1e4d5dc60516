# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where two configurations differ, value by value, and which locators of a profile name such a place."""

from __future__ import annotations

import dataclasses
import re
import typing as t
from collections.abc import Iterator

from .meaning import KEY_ATTRIBUTES, Meaning
from .places import place
from .secrets import is_secret

# What differs in an element besides its attributes.
TEXT = "text()"
ELEMENT = "element()"
# They have keys and rules of their own, and no product keeps such settings there.
_FOREIGN = ("transport", "mappings")

Locator = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Site:
    """One value that differs.

    Attributes:
        meaning: the element that holds it, in the file after where it is there, else in the file before.
        part: the name of an attribute, TEXT, or ELEMENT for the element as such.
        before: its value before, None when it was not there.
        after: its value after, None when it is not there.
        whole: True when the element itself is in one of the files only.
    """

    meaning: Meaning
    part: str
    before: str | None
    after: str | None
    whole: bool

    @property
    def setting(self) -> str:
        """What a list of differences calls it: a property by its name, an attribute with @."""
        if is_property(self.meaning) and self.part == "value":
            return self.meaning.attributes["name"]
        return self.part.removesuffix("()") if self.part in (TEXT, ELEMENT) else f"@{self.part}"

    @property
    def label(self) -> str:
        """What tells it from other places, for people."""
        owner = self.meaning
        if is_property(owner) and self.part == "value" and owner.parent is not None:
            owner = owner.parent
        return f"{place(owner.element)}: {self.setting}"

    @property
    def is_secret(self) -> bool:
        return is_secret(self.setting) or is_secret(self.meaning.attributes.get("name", ""))


def sites(before: Meaning, after: Meaning) -> list[Site]:
    """Every value that differs, in document order."""
    found: list[Site] = []
    pending: list[tuple[Meaning | None, Meaning | None]] = [(before, after)]
    while pending:
        left, right = pending.pop()
        found += _own_sites(left, right)
        lefts, rights = ({child.key: child for child in side.children} if side else {} for side in (left, right))
        pairs = [(lefts.get(key), rights.get(key)) for key in dict.fromkeys((*lefts, *rights))]
        pending.extend(reversed(pairs))
    return found


def _own_sites(left: Meaning | None, right: Meaning | None) -> Iterator[Site]:
    meaning = right or left
    whole = left is None or right is None
    if whole and not is_property(meaning):
        yield Site(meaning, ELEMENT, left and "present", right and "present", whole)
    first, second = (side.attributes if side else {} for side in (left, right))
    for name in dict.fromkeys((*first, *second)):
        if first.get(name) != second.get(name) and not (whole and is_property(meaning) and name != "value"):
            yield Site(meaning, name, first.get(name), second.get(name), whole)
    before, after = (side.text if side and side.text else None for side in (left, right))
    if before != after and not meaning.children:
        yield Site(meaning, TEXT, before, after, whole)


def is_property(meaning: Meaning) -> bool:
    """True for <property name=...>."""
    return meaning.name == "property" and "name" in meaning.attributes


class Scope:
    """The parts of a file that concern one zone: the zone, its template, and the agent as a whole."""

    def __init__(self, root: Meaning, zone: str) -> None:
        self.zone = zone
        element = next(
            (child for child in root.children if child.name == "zone" and child.attributes.get("id") == zone), None
        )
        self.known = element is not None
        self.template = element.attributes.get("template") if element else None

    def level(self, meaning: Meaning) -> tuple[str, list[Meaning]] | None:
        """The level that an element belongs to and the elements from there down to it; None for what is not ours."""
        chain = [meaning]
        while chain[0].parent is not None:
            chain.insert(0, chain[0].parent)
        if len(chain) == 1:
            return "agent", []
        top = chain[1]
        if top.name in ("zone", "template"):
            wanted = self.zone if top.name == "zone" else self.template
            first_of_its_id = top.key[-1] == 0
            return (top.name, chain[2:]) if top.attributes.get("id") == wanted and first_of_its_id else None
        return None if top.name in _FOREIGN else ("agent", chain[1:])

    def locators(self, site: Site) -> list[Locator]:
        """Locators that name the site, the most general one first; none where a profile cannot name it."""
        level = self.level(site.meaning)
        if level is None or site.is_secret or self._names_the_zone(site, *level):
            return []
        name, rest = level
        return [{"level": name, **locator} for locator in _below(site, rest)]

    def _names_the_zone(self, site: Site, level: str, rest: list[Meaning]) -> bool:
        """True where the setting of all zones is kept in one place, told apart by their ids: no locator can say that."""
        if level == "zone":
            return False
        texts = [site.before, site.after, *(text for meaning in rest for text in meaning.attributes.values())]
        pattern = re.compile(rf"(?<![\w.-]){re.escape(self.zone)}(?![\w.-])")
        return any(pattern.search(text) for text in texts if text)


def path_of(steps: list[Meaning]) -> Locator | None:
    """The key C(path) for elements that need nothing but their names; None where the names do not tell them apart."""
    if any(key_attribute(step) or step.key[-1] for step in steps):
        return None
    return {"path": "/".join(step.name for step in steps)} if steps else {}


def key_attribute(meaning: Meaning, besides: str = "") -> str | None:
    """The attribute that tells an element from its neighbours."""
    return next((name for name in KEY_ATTRIBUTES if name in meaning.attributes and name != besides), None)


def _below(site: Site, rest: list[Meaning]) -> list[Locator]:
    if is_property(site.meaning) and site.part == "value":
        tail = {"name": site.meaning.attributes["name"]}
        if len(rest) == 1:
            return [{"kind": "property", **tail}]
        return [{"kind": "plugin_property", **found, **tail} for found in _element(rest[:-1], "")]
    if site.part == ELEMENT:
        if site.meaning.children or site.meaning.text:
            return []
        return [{"kind": "child", **found} for found in _element(rest, ELEMENT)]
    if site.part == TEXT:
        return [{"kind": "text", **found} for found in _element(rest, "")]
    tail = {"attribute": site.part}
    if not rest:
        return [{"kind": "attribute", **tail}]
    return [_attribute({**found, **tail}) for found in _element(rest, site.part)]


def _attribute(locator: Locator) -> Locator:
    """The simpler kind where nothing but names lead to the element."""
    if "match" in locator:
        return {"kind": "child_attribute", **locator}
    path = "/".join(filter(None, (locator.get("path"), locator["element"])))
    return {"kind": "attribute", "path": path, "attribute": locator["attribute"]}


def _element(steps: list[Meaning], part: str) -> list[Locator]:
    """Keys that name the last of some elements: by the attribute that tells it apart, else by all others."""
    path = path_of(steps[:-1]) if steps else None
    if path is None:
        return []
    last = steps[-1]
    others = {name: value for name, value in last.attributes.items() if name != part}
    if any(is_secret(name) for name in others):
        return []
    key = key_attribute(last, part)
    matches = [others] if part == ELEMENT else [{key: others[key]} if key else {}, others]
    return [
        {**path, "element": last.name, **({"match": match} if match else {})}
        for index, match in enumerate(matches)
        if match not in matches[:index]
    ]
