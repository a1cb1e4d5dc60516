# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans the settings that the ADK itself defines: agent, templates, transports, zones.

Rules of the agent (agent-cfg rules, section 1): the first property that is switched on counts; a zone inherits from
its template and that from the agent; a transport exists once per agent, its last property of a name counts, and
without C(adk.messaging.transport) the first enabled transport is everybody's.
"""

from __future__ import annotations

import typing as t

from .desired import METHOD, MODE, PULL_FREQUENCY, Desired, Transport, Zone
from .edit import AnyElement, NewElement
from .effective_zones import agent_method, check_zones, effective_zones, mode_of
from .java_text import equals_ignore_case, is_enabled, parse_int, trim
from .problems import Problems, did_you_mean
from .reader import Properties
from .recorder import Recorder
from .versions import LATEST, VersionError, parse_version

_DEFAULT_PULL_FREQUENCY = 30000  # milliseconds
_ROOT = "agent"


class Settings:
    """The plan of one file's own settings."""

    def __init__(self, recorder: Recorder, desired: Desired, problems: Problems) -> None:
        self.recorder = recorder
        self.editor = recorder.editor
        self.root = recorder.editor.root
        self.desired = desired
        self.problems = problems
        self.zones: dict[str, AnyElement] = {}
        self._ids: dict[tuple[str, str | None], list[AnyElement]] = {}
        for element in self.root.children:
            if element.name in ("zone", "template"):
                self._ids.setdefault((element.name, element.get("id")), []).append(element)

    def plan(self) -> None:
        """Make the edits. Zones that are present afterwards are in `zones`."""
        before = effective_zones(self.recorder)
        method = agent_method(self.recorder)
        self._agent()
        self._templates()
        for transport in self.desired.transports:
            self._transport(transport)
        # All transports first: which of them are enabled decides what zones without a method of their own use.
        told = {transport.protocol for transport in self.desired.transports if transport.enabled is not None}
        for protocol in self._wanted_methods():
            if protocol not in told:
                self._ensure_transport(protocol)
        if self.desired.method is not None:
            self._agent_wide_method(self.desired.method)
        elif METHOD not in self.desired.properties:
            self._keep_agent_method(method)
        for zone in self.desired.zones:
            self._zone(zone)
        check_zones(self.recorder, self.desired, before, self.problems)

    # Agent

    def _agent(self) -> None:
        desired, recorder = self.desired, self.recorder
        if desired.agent_id is not None:
            recorder.attribute(self.root, "id", desired.agent_id, _ROOT)
        if desired.sif_version is not None:
            current = self.editor.get(self.root, "sifVersion")
            if not _same_version(str(LATEST) if current is None else current, desired.sif_version):
                recorder.attribute(self.root, "sifVersion", desired.sif_version, _ROOT)
        self._properties(self.root, desired.properties, _ROOT)
        if desired.mode is not None:
            current = recorder.live_property(self.root, MODE)
            if mode_of(current) != desired.mode:
                recorder.property(self.root, MODE, desired.mode.capitalize(), _ROOT)

    def _properties(self, element: AnyElement, properties: Properties, location: str) -> None:
        for name, value in properties.items():
            same = equals_ignore_case if name in (MODE, METHOD) else str.__eq__
            self.recorder.property(element, name, value, location, same)

    def _agent_wide_method(self, method: str) -> None:
        if not equals_ignore_case(agent_method(self.recorder), method):
            self.recorder.property(self.root, METHOD, method, _ROOT)

    def _present_zones(self) -> list[Zone]:
        return [zone for zone in self.desired.zones if zone.present]

    def _wanted_methods(self) -> list[str]:
        """The methods that are asked for, by the agent or by zones."""
        asked = (self.desired.method, *(zone.method for zone in self._present_zones()))
        return list(dict.fromkeys(method for method in asked if method is not None))

    def _keep_agent_method(self, before: str) -> None:
        """Enabling a transport for one zone must not move all others to it."""
        if not equals_ignore_case(agent_method(self.recorder), before) and self._uses_agent_method():
            self.recorder.property(self.root, METHOD, before.lower(), _ROOT)
            self.recorder.warn(
                f"the method of the agent is now written down as {before.lower()}: it was that of the first enabled"
                " transport, which is another one now; set method to change it for all zones"
            )

    def _uses_agent_method(self) -> bool:
        """True when a zone will have the agent's method because nothing else is said."""
        own = {zone.id for zone in self.desired.zones if zone.method is not None or not zone.present}
        inheriting = {
            self.editor.get(zone, "id")
            for zone in self.editor.children(self.root, "zone")
            if self._inherited(zone, METHOD) is None
        }
        return bool(
            (inheriting | {zone.id for zone in self._present_zones() if not self._by_id("zone", zone.id)}) - own
        )

    # Templates and transports

    def _templates(self) -> None:
        for template in self.desired.templates:
            location = f"agent/template[@id='{template.id}']"
            found = self._by_id("template", template.id)
            if not template.present:
                users = self._template_users(template.id)
                if found and users:
                    self.recorder.warn(f"template {template.id} is removed, but used by zone {', '.join(users)}")
                self._remove_by_id("template", template.id, location)
                continue
            element = found[0] if found else self._new_child(NewElement("template", {"id": template.id}), location)
            changes = len(self.recorder.changes)
            self._properties(element, template.properties, location)
            others = self._not_named(self._template_users(template.id))
            if others and len(self.recorder.changes) > changes:
                self.recorder.warn(f"template {template.id} changes, which zone {', '.join(others)} uses, too")

    def _template_users(self, template_id: str) -> list[str]:
        zones = self.editor.children(self.root, "zone")
        return [self.editor.get(zone, "id") or "" for zone in zones if self.editor.get(zone, "template") == template_id]

    def _not_named(self, zones: t.Iterable[str]) -> list[str]:
        named = {zone.id for zone in self.desired.zones}
        return [zone for zone in dict.fromkeys(zones) if zone not in named]

    def _by_id(self, name: str, key: str) -> list[AnyElement]:
        return self._ids.get((name, key), [])

    def _remove_by_id(self, name: str, key: str, location: str) -> None:
        for element in self._ids.pop((name, key), []):
            self.recorder.remove(self.root, element, location)

    def _new_child(self, new: NewElement, location: str) -> NewElement:
        """Insert a child of the agent: behind those of its own kind, else behind those of the kinds before."""
        kinds = ("property", "template", "zone", "transport")
        self._ids.setdefault((new.name, new.attributes.get("id")), []).append(new)
        for kind in reversed(kinds[: kinds.index(new.name) + 1]):
            siblings = self.editor.children(self.root, kind)
            if siblings:
                return self.recorder.child(self.root, new, location, after=siblings[-1])
        return self.recorder.child(self.root, new, location)

    def _transports(self, protocol: str) -> list[AnyElement]:
        return [
            element
            for element in self.editor.children(self.root, "transport")
            if (self.editor.get(element, "protocol") or "").lower() == protocol
        ]

    def _transport(self, transport: Transport) -> None:
        location = _transport_location(transport.protocol)
        existed = bool(self._transports(transport.protocol))
        element = self._transport_element(transport.protocol)
        before = len(self.recorder.changes)
        if transport.enabled is not None:
            self._enable(element, transport.enabled, location)
        elif not existed:
            used = {*self._wanted_methods(), agent_method(self.recorder).lower()}
            self._enable(element, transport.protocol in used, location)
        for name, value in transport.properties.items():
            self._transport_property(transport.protocol, name, value, location)
        if existed and len(self.recorder.changes) > before:
            self._warn_shared(transport.protocol)

    def _transport_element(self, protocol: str) -> AnyElement:
        """The last transport element of a protocol, the one whose `enabled` counts; made when there is none."""
        location = _transport_location(protocol)
        found = self._transports(protocol)
        for element in found:
            # In capitals the agent keeps a second set of properties that nothing reads.
            self.recorder.attribute(element, "protocol", protocol, location)
        return found[-1] if found else self._new_child(NewElement("transport", {"protocol": protocol}), location)

    def _ensure_transport(self, protocol: str) -> None:
        """What a method needs: its transport switched on. Without an element for it, plain http works by default."""
        if protocol == "http" and not self._transports(protocol):
            return
        changes = len(self.recorder.changes)
        self._enable(self._transport_element(protocol), True, _transport_location(protocol))
        if len(self.recorder.changes) > changes:
            self._warn_shared(protocol)

    def _enable(self, element: AnyElement, enabled: bool, location: str) -> None:
        current = self.editor.get(element, "enabled")
        if current is None or is_enabled(current) != enabled:
            self.recorder.attribute(element, "enabled", "true" if enabled else "false", location)

    def _transport_property(self, protocol: str, name: str, value: str | None, location: str) -> None:
        named = [
            (element, child)
            for element in self._transports(protocol)
            for child in self.editor.children(element, "property")
            if self.editor.get(child, "name") == name
        ]
        before = None
        for _element, child in named:
            before = self.editor.get(child, "value", before)
        if value is None:
            for element, child in named:
                self.editor.remove_element(element, child)
            if named:
                self.recorder.note(location, f"property {name}", before, None, name)
            return
        if before == value:
            return
        if named:
            self.editor.set_attribute(named[-1][1], "value", value)
        else:
            self.recorder.insert_property(self._transports(protocol)[-1], name, value)
        self.recorder.note(location, f"property {name}", before, value, name)

    def _warn_shared(self, protocol: str) -> None:
        zones = effective_zones(self.recorder)
        users = self._not_named(zone for zone, (_mode, method) in zones.items() if method == protocol)
        told = f"; zone {', '.join(users)} uses it" if users else ""
        if len(zones) > 1:
            self.recorder.warn(f"the {protocol} transport is shared by all {len(zones)} zones of the agent{told}")

    # Zones

    def _zone(self, zone: Zone) -> None:
        location = f"agent/zone[@id='{zone.id}']"
        found = self._by_id("zone", zone.id)
        if not zone.present:
            self._remove_by_id("zone", zone.id, location)
            return
        if len(found) > 1:
            self.recorder.warn(f"zone {zone.id} is {len(found)} times in the file; the agent takes the first one")
        element = found[0] if found else self._new_zone(zone, location)
        if element is None:
            return
        self.zones[zone.id] = element
        if zone.url is not None:
            self._url(element, zone.url, location)
        if zone.template is not None:
            if not self._by_id("template", zone.template):
                known = [self.editor.get(child, "id") or "" for child in self.editor.children(self.root, "template")]
                self.problems.add(
                    f"{zone.place}.template",
                    f"there is no template {zone.template!r}; the agent would silently do without",
                    did_you_mean(zone.template, known),
                )
            self.recorder.attribute(element, "template", zone.template, location)
        self._properties(element, zone.properties, location)
        self._zone_messaging(zone, element, location)

    def _new_zone(self, zone: Zone, location: str) -> NewElement | None:
        if zone.url is None:
            self.problems.add(
                f"{zone.place}.url", f"zone {zone.id} is not in the file, so it needs a url", "give it one"
            )
            return None
        new = NewElement("zone", {"id": zone.id, "url": zone.url})
        if zone.like is not None:
            models = self._by_id("zone", zone.like)
            if not models:
                known = [self.editor.get(child, "id") or "" for child in self.editor.children(self.root, "zone")]
                self.problems.add(
                    f"{zone.place}.like", f"there is no zone {zone.like!r} to copy", did_you_mean(zone.like, known)
                )
                return None
            copy = NewElement.copy_of(models[0], self.editor)
            new = NewElement("zone", {**copy.attributes, **new.attributes}, copy.content, copy.children)
        return self._new_child(new, location)

    def _url(self, element: AnyElement, url: str, location: str) -> None:
        before = self.editor.get(element, "url")
        if before is None or trim(before) != url:
            self.editor.set_attribute(element, "url", url)
            self.recorder.note(location, "url", before, url)

    def _zone_messaging(self, zone: Zone, element: AnyElement, location: str) -> None:
        """Mode, method and frequency: what the zone has by inheritance already is not written again."""
        recorder = self.recorder
        if zone.mode is not None and mode_of(self._effective(element, MODE)) != zone.mode:
            recorder.property(element, MODE, zone.mode.capitalize(), location)
        if zone.pull_frequency is not None and self._pull_frequency(element) != zone.pull_frequency:
            recorder.property(element, PULL_FREQUENCY, str(zone.pull_frequency), location)
        if zone.method is not None and not equals_ignore_case(self._method(element), zone.method):
            recorder.property(element, METHOD, zone.method, location)

    def _inherited(self, zone: AnyElement, name: str) -> str | None:
        """A property as a zone has it from itself or its template."""
        value = self.recorder.live_property(zone, name)
        template_id = self.editor.get(zone, "template")
        if value is None and template_id is not None:
            found = self._by_id("template", template_id)
            value = self.recorder.live_property(found[0], name) if found else None
        return value

    def _effective(self, zone: AnyElement, name: str) -> str | None:
        value = self._inherited(zone, name)
        return self.recorder.live_property(self.root, name) if value is None else value

    def _method(self, zone: AnyElement) -> str:
        value = self._inherited(zone, METHOD)
        return agent_method(self.recorder) if value is None else value

    def _pull_frequency(self, zone: AnyElement) -> int:
        number = parse_int(self._effective(zone, PULL_FREQUENCY) or "")
        return _DEFAULT_PULL_FREQUENCY if number is None else number


def _transport_location(protocol: str) -> str:
    return f"agent/transport[@protocol='{protocol}']"


def _same_version(current: str, desired: str) -> bool:
    try:
        return parse_version(current) == parse_version(desired)
    except VersionError:
        return False
