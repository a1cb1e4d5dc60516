# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent says of itself: SIF_Register, SIF_Provision and the older provide and subscribe messages."""

from __future__ import annotations

import urllib.parse
from typing import List, Optional

from . import sif_errors
from .consumer import SOURCE_ID as KIMONO
from .sif_errors import SifError
from .sif_message import Message
from .sif_xml import to_int
from .zone import PROVISIONS, Agent, Protocol, Zone

MIN_BUFFER_SIZE = 4096

_DENIED = {
    "provides": sif_errors.PROVIDE_DENIED,
    "subscribes": sif_errors.SUBSCRIBE_DENIED,
    "publishes_add": sif_errors.PUBLISH_DENIED,
    "publishes_change": sif_errors.PUBLISH_DENIED,
    "publishes_delete": sif_errors.PUBLISH_DENIED,
    "requests": sif_errors.REQUEST_DENIED,
    "responds": sif_errors.RESPOND_DENIED,
}


def version_matches(pattern: str, versions: List[str]) -> bool:
    """Whether a SIF_Version as agents write it (`2.3`, `2.*`, `*`) means one of the versions."""
    if pattern.endswith("*"):
        return any(version.startswith(pattern[:-1]) for version in versions)
    return pattern in versions


def _protocol(message: Message) -> Optional[Protocol]:
    element = message.body.find("SIF_Protocol")
    if element is None:
        return None
    kind = element.get("Type", "")
    if kind.upper() not in ("HTTP", "HTTPS"):
        raise SifError(sif_errors.PROTOCOL_UNSUPPORTED, f"SIF_Protocol/@Type {kind!r}")
    url = message.require("SIF_Protocol/SIF_URL")
    try:
        parts = urllib.parse.urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SifError(sif_errors.INVALID_VALUE, f"SIF_Protocol/SIF_URL {url!r}")
    return Protocol(kind.upper(), element.get("Secure", "").lower() == "yes", url)


def register(zone: Zone, zis_id: str, message: Message, secure: bool) -> Agent:
    """Registers the sender or updates its registration. Raises SifError, and then nothing has changed."""
    allowed = zone.settings.allowed_agents
    if allowed is not None and message.source_id not in allowed:
        raise SifError(sif_errors.REGISTER_DENIED, f"{message.source_id} is not allowed in zone {zone.id}")
    if message.source_id in (KIMONO, zis_id):
        raise SifError(sif_errors.INVALID_SOURCE, f"{message.source_id} is taken in zone {zone.id}")
    name = message.require("SIF_Name")
    message.require("SIF_Version")
    versions = [(v.text or "").strip() for v in message.body.iterfind("SIF_Version")]
    if not any(version_matches(version, zone.versions) for version in versions):
        raise SifError(
            sif_errors.SIF_VERSION_UNSUPPORTED, f"{', '.join(versions)}; supported: {', '.join(zone.versions)}"
        )
    size = to_int(message.require("SIF_MaxBufferSize"))
    if size is None:
        raise SifError(sif_errors.INVALID_VALUE, "SIF_MaxBufferSize")
    if size < MIN_BUFFER_SIZE:
        raise SifError(sif_errors.BUFFER_TOO_SMALL, f"{size} is less than {MIN_BUFFER_SIZE}")
    mode = message.require("SIF_Mode")
    if mode not in ("Push", "Pull"):
        raise SifError(sif_errors.INVALID_VALUE, f"SIF_Mode {mode!r}")
    protocol = _protocol(message)
    if mode == "Push" and protocol is None:
        raise SifError(sif_errors.MISSING_ELEMENT, "SIF_Register/SIF_Protocol of a Push agent")

    agent = zone.register(message.source_id)
    agent.name, agent.mode, agent.protocol = name, mode, protocol
    agent.sif_versions, agent.max_buffer_size = versions, size
    agent.vendor, agent.version = message.text_of("SIF_NodeVendor"), message.text_of("SIF_NodeVersion")
    channel = "SIF_Header/SIF_Security/SIF_SecureChannel/"
    agent.authentication_level = to_int(message.text_of(channel + "SIF_AuthenticationLevel")) or 0
    agent.encryption_level = to_int(message.text_of(channel + "SIF_EncryptionLevel")) or 0
    agent.secure = secure
    agent.sleeping = False
    agent.end_blocking()
    return agent


def _object_names(message: Message, path: str) -> List[str]:
    names: List[str] = []
    for element in message.body.iterfind(path):
        name = element.get("ObjectName", "").strip()
        if not name:
            raise SifError(sif_errors.MISSING_ELEMENT, f"{message.kind}/{path}/@ObjectName")
        if name not in names:
            names.append(name)
    return names


def _check(zone: Zone, agent: Agent, kind: str, names: List[str]) -> None:
    for name in names:
        if not zone.allows(name):
            raise SifError(_DENIED[kind], name)
        provider = zone.provider_of(name) if kind == "provides" else None
        if provider is not None and provider is not agent:
            raise SifError(sif_errors.HAS_PROVIDER, f"{name} is provided by {provider.source_id}")


def provision(zone: Zone, agent: Agent, message: Message) -> None:
    """SIF_Provision: replaces all lists of the agent. Raises SifError, and then nothing has changed."""
    lists = {kind: _object_names(message, f"{element}/SIF_Object") for element, kind in PROVISIONS.items()}
    for kind, names in lists.items():
        _check(zone, agent, kind, names)
    agent.objects = lists


def add_objects(zone: Zone, agent: Agent, message: Message, kind: str) -> None:
    """SIF_Provide, SIF_Subscribe: adds to one list. Raises SifError, and then nothing has changed."""
    names = _object_names(message, "SIF_Object")
    if not names:
        raise SifError(sif_errors.MISSING_ELEMENT, f"{message.kind}/SIF_Object")
    _check(zone, agent, kind, names)
    agent.objects[kind] += [name for name in names if name not in agent.objects[kind]]


def remove_objects(agent: Agent, message: Message, kind: str) -> None:
    """SIF_Unprovide, SIF_Unsubscribe. Raises SifError, and then nothing has changed."""
    names = _object_names(message, "SIF_Object")
    for name in names:
        if name not in agent.objects[kind]:
            raise SifError(sif_errors.NOT_THE_PROVIDER if kind == "provides" else sif_errors.NOT_A_SUBSCRIBER, name)
    agent.objects[kind] = [name for name in agent.objects[kind] if name not in names]
