# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings about transports, and about zones whose transport does not do what is wanted."""

from __future__ import annotations

import typing as t

from .adk_properties import check_transport_property
from .check_settings import check_duplicates, check_name_and_value
from .document import Element
from .findings import Findings
from .java_text import equals_ignore_case, is_enabled
from .model import DEFAULT_PASSWORD, PROTOCOLS, TRANSPORT, Loaded, own_properties

_ON_OFF = ("true", "yes", "false", "no")


def check_transports(root: Element, loaded: Loaded, findings: Findings) -> None:
    """Check the transports of an agent and their use by its zones.

    Args:
        root: the C(agent) element.
        loaded: what the agent makes of the file; the use is looked at only if it loads.
        findings: gets the warnings.
    """
    elements = root.elements("transport")
    for element in elements:
        _check_transport(element, findings)
    check_duplicates(
        elements,
        "protocol",
        "transport",
        "their properties are put together, and 'enabled' of the last one counts",
        findings,
    )
    if loaded.effective is None:
        return
    _check_choice(root, elements, loaded.effective, findings)
    by_protocol = {element.get("protocol"): element for element in elements}
    for protocol in PROTOCOLS:
        zones = [zone for zone in loaded.effective["zones"] if zone["transport"].lower() == protocol]
        if zones:
            place = by_protocol.get(protocol, root)
            _check_use(place, protocol, zones, loaded.effective, findings)
    _check_shared_choice(root, loaded.effective, findings)
    zone_elements = {element.get("id"): element for element in reversed(root.elements("zone"))}
    for zone in loaded.effective["zones"]:
        _check_zone(zone_elements[zone["id"]], zone, loaded.effective, findings)


def _check_transport(element: Element, findings: Findings) -> None:
    protocol, enabled = element.get("protocol"), element.get("enabled")
    if protocol is None or protocol.lower() not in PROTOCOLS:
        return  # stops the agent, so the model tells it
    if protocol != protocol.lower():
        findings.add(
            element,
            "transport-case",
            f"the properties of transport '{protocol}' are used by nothing: the name is '{protocol.lower()}'",
            f'write protocol="{protocol.lower()}"',
        )
    if enabled is None:
        findings.add(
            element,
            "transport-enabled",
            f"transport '{protocol}' has no 'enabled', which means that it is off",
            'write enabled="true" or enabled="false"',
        )
    elif not any(equals_ignore_case(enabled, word) for word in _ON_OFF):
        findings.add(
            element,
            "transport-enabled",
            f"transport '{protocol}' has enabled=\"{enabled}\", which switches it off",
            'write enabled="true" or enabled="false"',
        )
    last: dict[str, Element] = {}
    for child in element.elements("property"):
        name = child.get("name")
        if name is None or not check_name_and_value(child, findings):
            continue
        _check_property(child, name, child.get("value") or "", findings)
        if name in last:
            findings.add(
                last[name],
                "duplicate-property",
                f"property '{name}' of the transport is set twice; the agent takes the last one (line {child.line}) and ignores this one",
                "remove one of them",
            )
        last[name] = child


def _check_property(element: Element, name: str, value: str, findings: Findings) -> None:
    problem = check_transport_property(name, value)
    if problem:
        findings.add(element, *problem)
    enabled = element.get("enabled")
    if enabled is not None and not is_enabled(enabled):
        findings.add(
            element,
            "transport-property-enabled",
            f"property '{name}' has enabled=\"{enabled}\", which nothing reads in a transport: it is in force",
            "remove the property",
        )


def _check_choice(root: Element, elements: list[Element], effective: dict[str, t.Any], findings: Findings) -> None:
    """More than one transport switched on, and no property that says which one to use."""
    if TRANSPORT in own_properties(root):
        return
    on = [element for element in elements if is_enabled(element.get("enabled", ""))]
    used = [zone for zone in effective["zones"] if TRANSPORT not in zone["own_properties"]]
    if len({element.get("protocol") for element in on}) > 1 and used:
        findings.add(
            on[1],
            "transport-choice",
            f"two transports are enabled; all zones use '{on[0].get('protocol')}', because it comes first",
            f"set the property {TRANSPORT} of the agent or of the zones",
        )


def _check_shared_choice(root: Element, effective: dict[str, t.Any], findings: Findings) -> None:
    """Zones that need different transports, but leave the choice to the same agent or template."""
    own = {element.get("id"): TRANSPORT in own_properties(element) for element in reversed(root.elements("zone"))}
    sharing: dict[str | None, list[dict[str, t.Any]]] = {}
    for zone in effective["zones"]:
        if not own[zone["id"]]:
            chosen_by = zone["template"] if TRANSPORT in zone["own_properties"] else None
            sharing.setdefault(chosen_by, []).append(zone)
    for template, zones in sharing.items():
        by_scheme = {zone["url"].partition(":")[0]: zone["id"] for zone in reversed(zones)}
        if not set(PROTOCOLS) <= set(by_scheme):
            continue
        place = root if template is None else next(e for e in root.elements("template") if e.get("id") == template)
        chosen = next((child for child in place.elements("property") if child.get("name") == TRANSPORT), place)
        findings.add(
            chosen,
            "transport-shared",
            f"zone '{by_scheme['http']}' with an http:// URL and zone '{by_scheme['https']}' with an https:// URL share one"
            f" choice of transport, '{zones[0]['transport']}', which suits only one of them",
            f"set {TRANSPORT} of each of these zones",
        )


def _check_use(
    element: Element, protocol: str, zones: list[dict[str, t.Any]], effective: dict[str, t.Any], findings: Findings
) -> None:
    transport = effective["transports"][protocol]
    names = ", ".join(f"'{zone['id']}'" for zone in zones)
    if not transport["enabled"] and not findings.has(element, "transport-enabled"):
        findings.add(
            element,
            "transport-disabled",
            f"transport '{protocol}' is disabled, but used all the same (zone {names})",
            "enable it, or let the zones use the other one",
        )
    push = [zone["id"] for zone in zones if zone["mode"] == "PUSH"]
    if push and transport["port"] == -1 and "port" not in transport["properties"]:
        findings.add(
            element,
            "push-port",
            f"zone '{push[0]}' is in Push mode, but transport '{protocol}' has no port to listen on",
            f"set the property port of transport '{protocol}'",
        )
    if protocol == "https" and any(zone["url"].startswith("https:") for zone in zones):
        _check_stores(element, transport, findings)


def _check_stores(element: Element, transport: dict[str, t.Any], findings: Findings) -> None:
    properties = transport["properties"]
    if transport["key_store"] is None:
        findings.add(
            element,
            "key-store",
            "transport 'https' names no keyStore; without the file .keystore in the home of the agent's account nothing connects",
            "set the properties keyStore and keyStorePassword",
        )
    for name, code, store in (
        ("keyStore", "key-store", transport["key_store"]),
        ("trustStore", "trust-store", transport["trust_store"]),
    ):
        place = _property_element(element, name)
        if store == "":
            findings.add(
                place,
                code,
                f"'{name}' is empty, which the agent takes for a file that is not there: nothing connects",
                "name the file" + ("" if name == "keyStore" else ", or remove the property to use the store of the JVM"),
            )
        if store and not _is_absolute(store.strip()):
            findings.add(
                place,
                "relative-path",
                f"'{name}' is the relative path '{store}'; it starts at the directory the agent's process runs in",
                "write an absolute path",
            )
        if store and properties.get(f"{name}Password", DEFAULT_PASSWORD) == DEFAULT_PASSWORD:
            findings.add(
                _property_element(element, f"{name}Password"),
                "default-password",
                f"the password of '{name}' is the one that every Java has by default",
                f"give the store a password, and set {name}Password",
            )


def _property_element(transport: Element, name: str) -> Element:
    return next((child for child in reversed(transport.elements("property")) if child.get("name") == name), transport)


def _is_absolute(path: str) -> bool:
    return path.startswith(("/", "\\\\")) or (path[1:2] == ":" and path[2:3] in ("/", "\\"))


def _check_zone(element: Element, zone: dict[str, t.Any], effective: dict[str, t.Any], findings: Findings) -> None:
    transport, scheme = zone["transport"].lower(), zone["url"].partition(":")[0]
    if transport == "https" and scheme == "http":
        findings.add(
            element,
            "transport-url",
            f"zone '{zone['id']}' has an http:// URL but transport https, with which nothing connects",
            f"write https://, or set {TRANSPORT} of the zone to http",
        )
    elif transport == "http" and scheme == "https" and effective["transports"]["https"]["trust_store"]:
        findings.add(
            element,
            "trust-store-ignored",
            f"zone '{zone['id']}' has an https:// URL but transport http: the agent connects, checks the certificate against the"
            " trust store of the JVM, and does not look at trustStore of transport https",
            f"set {TRANSPORT} of the zone to https, or put the certificate into the store of the JVM",
        )
