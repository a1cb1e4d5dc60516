# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real ADK agent makes of an agent.cfg: whether it starts, and the settings it then works with.

Source of all rules: the project's reference on agent.cfg (sections 1, 2 and 4), read in the source of the agent's
loader and seen by running it; the conformance variants hold the same as data.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .document import Document, DocumentError, Element
from .java_text import equals_ignore_case, is_enabled, is_true, parse_int, trim
from .java_url import MalformedUrl, parse_url
from .mappings_model import read_mappings
from .secrets import REDACTED, redact_inside
from .stops import (
    APPLY,
    CONFIG_EXCEPTION,
    ILLEGAL_ARGUMENT,
    NOT_SUPPORTED,
    NULL_POINTER,
    READ,
    TRANSPORT_EXCEPTION,
    VERSION,
    Stop,
    Stops,
)
from .versions import LATEST, SUPPORTED, VersionError, parse_version

AGENT = "agent"
TRANSPORT = "adk.messaging.transport"
DEFAULT_PASSWORD = "changeit"
PROTOCOLS = ("http", "https")
_NULL_KEY = 'Cannot invoke "Object.hashCode()" because "key" is null'


@dataclasses.dataclass(frozen=True)
class Loaded:
    """What an agent makes of a configuration.

    Attributes:
        loads: True when the agent would start with it.
        stage: where it stops (C(read), C(version), C(apply)), or None.
        error: why it stops, with the place and the remedy; None when it loads.
        effective: the settings it works with; None when it does not load. The keys are those of the conformance data
            in snake_case; times are in milliseconds, sizes in bytes.
        stops: every reason to stop, in the order in which the agent would meet them.
        document: the parsed file; None when it is no XML that can be read.
    """

    loads: bool
    stage: str | None
    error: str | None
    effective: dict[str, t.Any] | None
    stops: tuple[Stop, ...]
    document: Document | None


def load(data: bytes | Document, system_properties: t.Mapping[str, str] | None = None) -> Loaded:
    """Load a configuration exactly as an agent does.

    Args:
        data: the content of an agent.cfg, or the parsed file.
        system_properties: the -D options of the agent's JVM; only those that begin with C(adk.) matter here.
    """
    try:
        document = data if isinstance(data, Document) else Document.parse(data)
    except DocumentError as error:
        return _stopped([_document_stop(error)], None)
    stops = Stops()
    effective = _Loader(document, dict(system_properties or {}), stops).run()
    if stops.all:
        return _stopped(stops.all, document)
    return Loaded(True, None, None, effective, (), document)


def _stopped(stops: list[Stop], document: Document | None) -> Loaded:
    return Loaded(False, stops[0].stage, str(stops[0]), None, tuple(stops), document)


def _document_stop(error: DocumentError) -> Stop:
    return Stop(
        READ,
        CONFIG_EXCEPTION,
        "",
        "external" if error.refused else "xml",
        error.message,
        error.remedy or "correct the XML",
        line=error.line,
        refused=error.refused,
    )


def document_root(document: Document) -> Element | None:
    """The C(agent) element. With any other document element an agent starts too, with nothing set up."""
    return document.root if document.root.name == AGENT else None


def own_properties(element: Element | None) -> dict[str, str]:
    """The properties of an agent, template or zone: with name and value, not switched off; the first of a name wins."""
    found: dict[str, str] = {}
    for child in element.elements("property") if element is not None else ():
        name, value = child.get("name"), child.get("value")
        if name is not None and value is not None and is_enabled(child.get("enabled", "true")):
            found.setdefault(name, value)
    return found


def find_template(root: Element | None, template_id: str | None) -> Element | None:
    """The template that a zone's C(template) attribute means: the first with that id."""
    if root is None or template_id is None:
        return None
    return next((child for child in root.elements("template") if child.get("id") == template_id), None)


class _Loader:
    """The steps of an agent at its start, in its order. A step that fails is noted, and the next one is tried."""

    def __init__(self, document: Document, system_properties: dict[str, str], stops: Stops) -> None:
        self.document = document
        self.root = document_root(document)
        self.stops = stops
        self.properties = {
            name: value
            for name, value in system_properties.items()
            if name.startswith("adk.") and not name.startswith("adk.transport")
        }
        self.transports = {protocol: _transport_defaults(protocol, system_properties) for protocol in PROTOCOLS}
        self.enabled = dict.fromkeys(PROTOCOLS, True)

    def run(self) -> dict[str, t.Any]:
        mappings = read_mappings(self.document.root, self.stops)
        version = self._version()
        for name, value in own_properties(self.root).items():
            self.properties.setdefault(name, value)
        for element in self.root.elements("transport") if self.root is not None else ():
            self._transport(element)
        zones = self._zones()
        return {
            "source_id": self.root.get("id") if self.root is not None else None,
            "sif_version": version,
            "agent_properties": self.properties,
            "transports": {protocol: self._transport_view(protocol) for protocol in PROTOCOLS},
            "zones": zones,
            "mappings": mappings,
            # The loader keeps a list of objects outside any mappings, which no document can fill.
            "root_mapping_objects": {},
        }

    def _version(self) -> str:
        text = self.root.get("sifVersion") if self.root is not None else None
        if self.root is None or text is None:
            return str(LATEST)
        remedy = "write one of " + ", ".join(map(str, SUPPORTED)) + " without blanks"
        try:
            version = parse_version(text)
        except VersionError as error:
            self.stops.add(
                VERSION,
                self.root,
                "agent-sif-version",
                f"the agent's sifVersion '{text}' is no SIF version",
                remedy,
                error.exception,
                error.log,
            )
            return text
        if version not in SUPPORTED:
            self.stops.add(
                VERSION,
                self.root,
                "agent-sif-version",
                f"SIF {version} (sifVersion of the agent) is not supported",
                remedy,
                # The agent names its own latest version instead of the one that it refuses.
                NOT_SUPPORTED,
                f"SIF {LATEST} is not supported by the ADK",
            )
        return str(version)

    def _transport(self, element: Element) -> None:
        protocol = element.get("protocol")
        if protocol is None:
            self.stops.add(
                APPLY,
                element,
                "transport-protocol",
                "a transport has no protocol",
                'write protocol="http" or "https"',
                ILLEGAL_ARGUMENT,
                "Protocol cannot be null",
            )
            return
        if protocol.lower() not in PROTOCOLS:
            self.stops.add(
                APPLY,
                element,
                "transport-protocol",
                f"the transport protocol '{protocol}' is unknown",
                'write protocol="http" or "https"',
                TRANSPORT_EXCEPTION,
                f"The requested transport protocol: '{protocol}'  is not supported by this instance of the ADK",
            )
            return
        enabled = is_enabled(element.get("enabled", ""))
        if enabled:
            self.properties.setdefault(TRANSPORT, protocol)
        # Not in lower case, the agent makes a second set of properties that nothing reads.
        properties = self.transports.get(protocol, {})
        if protocol in self.enabled:
            self.enabled[protocol] = enabled
        for child in element.elements("property"):
            name, value = child.get("name"), child.get("value")
            if name is None:
                self.stops.add(
                    APPLY,
                    child,
                    "transport-property-name",
                    f"a property of the transport {protocol} has no name",
                    "give it a name, or remove it",
                    NULL_POINTER,
                    _NULL_KEY,
                )
            elif value is not None:
                properties[name] = value

    def _transport_view(self, protocol: str) -> dict[str, t.Any]:
        properties = self.transports[protocol]
        view: dict[str, t.Any] = {
            "enabled": self.enabled[protocol],
            "port": _number(properties, "port", -1),
            "properties": properties,
        }
        if protocol == "https":
            view.update(
                hostname_verifier=properties.get("hostnameVerifier"),
                key_store=properties.get("keyStore"),
                key_store_password=properties.get("keyStorePassword", DEFAULT_PASSWORD),
                require_client_auth=is_true(properties.get("requireClientAuth", "")),
                trust_store=properties.get("trustStore"),
                trust_store_password=properties.get("trustStorePassword", DEFAULT_PASSWORD),
            )
        return view

    def _zones(self) -> list[dict[str, t.Any]]:
        zones: dict[str, dict[str, t.Any]] = {}
        for element in self.root.elements("zone") if self.root is not None else ():
            zone_id, url = element.get("id"), element.get("url")
            missing = [key for key in ("id", "url") if not trim(element.get(key, ""))]
            if missing:
                self.stops.add(
                    APPLY,
                    element,
                    f"zone-{missing[0]}",
                    f"a zone has no {missing[0]}",
                    f'write {missing[0]}="..."',
                    CONFIG_EXCEPTION,
                    f"<zone> cannot have an empty {missing[0]} attribute",
                )
                continue
            if zone_id in zones:
                continue
            zones[zone_id] = {}
            try:
                zones[zone_id] = self._zone(element, zone_id, url)
            except MalformedUrl as error:
                self.stops.add(
                    APPLY,
                    element,
                    "zone-url",
                    f"the URL '{_shown_url(url)}' of zone '{zone_id}' is malformed: {error}",
                    "write it like http://host:port/zone or https://host:port/zone",
                    TRANSPORT_EXCEPTION,
                    f"Zone URL is malformed: {url}",
                )
        return list(zones.values())

    def _zone(self, element: Element, zone_id: str, url_text: str) -> dict[str, t.Any]:
        template_id = element.get("template")
        template = find_template(self.root, template_id)
        own = own_properties(element)
        for name, value in own_properties(template).items():
            own.setdefault(name, value)
        values = {**self.properties, **own}
        url = parse_url(url_text)
        transport = values.get(TRANSPORT, "http")
        return {
            "id": zone_id,
            "url": str(url),
            "template": template_id,
            "template_found": template is not None,
            "own_properties": own,
            "mode": "PUSH" if equals_ignore_case(values.get("adk.messaging.mode", ""), "push") else "PULL",
            "transport": transport,
            "transport_matches_url": equals_ignore_case(transport, url.scheme),
            "pull_frequency": _number(values, "adk.messaging.pullFrequency", 30000),
            "pull_delay_on_error": _number(values, "adk.messaging.pullDelayOnError", 180000),
            "max_buffer_size": _number(values, "adk.messaging.maxBufferSize", 393216),
            "zis_version": values.get("adk.provisioning.zisVersion", str(LATEST)),
            "override_sif_versions": values.get("adk.provisioning.overrideSifVersions"),
            "provisioning_mode": _provisioning_mode(values.get("adk.provisioning.mode", "adk")),
            "legacy_provisioning": is_true(values.get("adk.provisioning.legacy", "")),
            "authentication_level": _number(values, "adk.security.authenticationLevel", 0),
            "encryption_level": _number(values, "adk.security.encryptionLevel", 0),
        }


def _number(properties: t.Mapping[str, str], name: str, default: int) -> int:
    """A number; what Java cannot read silently becomes the default."""
    value = parse_int(properties.get(name, ""))
    return default if value is None else value


def _shown_url(url: str) -> str:
    """A malformed URL without what can be a password in front of the host."""
    shown = redact_inside(url)
    return shown if "://" in shown or "@" not in shown else REDACTED + "@" + shown.rpartition("@")[2]


def _provisioning_mode(text: str) -> str:
    return next((mode for mode in ("ZIS", "AGENT") if equals_ignore_case(text, mode)), "ADK")


def _transport_defaults(protocol: str, system_properties: t.Mapping[str, str]) -> dict[str, str]:
    """What -D options preset. The agent compares only the beginning, so http also gets those of https, misnamed."""
    prefix = f"adk.transport.{protocol}"
    return {
        name[len(prefix) + 1 :]: value
        for name, value in system_properties.items()
        if name.startswith(prefix) and name != prefix
    }
