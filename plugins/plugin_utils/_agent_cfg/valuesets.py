# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One value set as the agent's loader builds it, with the defaults it ends up with.

The order of the entries is the agent's: by position, where a value that is defined again moves to the end.
"""

from __future__ import annotations

import typing as t

from .document import Element
from .java_text import equals_ignore_case, hash_map_order


class _Entry:
    __slots__ = ("default", "if_null", "name", "order", "title", "value")

    def __init__(self, element: Element, value: str, order: int) -> None:
        self.name = element.get("name")
        self.title = element.get("title")
        self.value = value
        self.order = order
        self.default = element.get("default")
        self.if_null = element.get("ifnull")


class ValueSet:
    """Codes of the application and their codes in SIF."""

    def __init__(self, element: Element) -> None:
        self._id = element.get("id")
        self._title = element.get("title")
        self._entries: dict[str | None, _Entry] = {}
        self._inbound: _Entry | None = None
        self._outbound: _Entry | None = None
        self._inbound_if_null = False
        self._outbound_if_null = False

    def define(self, element: Element, value: str) -> _Entry:
        """Add the value of a C(value) element. Of two with one name the last counts.

        One default per direction: a later default takes that of an earlier one away. C(true) is C(both); other texts
        are kept but mean nothing.

        Returns:
            the entry; its C(default) and C(if_null) are what the agent makes of the attributes, and a later value can
            still change them.
        """
        entry = _Entry(element, value, len(self._entries))
        self._entries[entry.name] = entry
        text = entry.default
        if text is None:
            return entry
        if_null = equals_ignore_case(entry.if_null or "", "default")
        both = equals_ignore_case(text, "both") or equals_ignore_case(text, "true")
        if both or equals_ignore_case(text, "inbound"):
            self._inbound_if_null = if_null
            before, self._inbound = self._inbound, None
            self._write_default(before)
            self._inbound = entry
            self._write_default(entry)
        if both or equals_ignore_case(text, "outbound"):
            self._outbound_if_null = if_null
            before, self._outbound = self._outbound, None
            self._write_default(before)
            self._outbound = entry
            self._write_default(entry)
        return entry

    def _write_default(self, entry: _Entry | None) -> None:
        if entry is None:
            return
        inbound, outbound = entry is self._inbound, entry is self._outbound
        entry.default = "both" if inbound and outbound else "inbound" if inbound else "outbound" if outbound else None
        if_null = self._outbound_if_null if outbound else self._inbound_if_null
        entry.if_null = None if entry.default is None else "default" if if_null else "suppress"

    def effective(self) -> dict[str, t.Any]:
        """The effective settings of the value set."""
        listed = [self._entries[name] for name in hash_map_order(self._entries)]
        listed.sort(key=lambda entry: entry.order)
        return {
            "title": self._id if self._title is None else self._title,
            "count": len(listed),
            "entries": [
                {"name": entry.name, "title": entry.title, "value": entry.value}
                | ({} if entry.default is None else {"default": entry.default})
                for entry in listed
            ],
        }
