# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The property names that the ADK itself reads, and how it reads their values.

Source: the project's reference on agent.cfg, "Property names". Any other name is the application's own.
"""

from __future__ import annotations

import typing as t

from .java_text import equals_ignore_case, parse_int, parse_long, trim
from .versions import LATEST, VersionError, parse_version

# Whole numbers and what the ADK takes when the text is no number.
_NUMBERS: dict[str, str] = {
    "adk.messaging.pullFrequency": "30000",
    "adk.messaging.pullDelayOnError": "180000",
    "adk.messaging.maxBufferSize": "393216",
    "adk.messaging.effectiveBufferSize": "32000",
    "adk.messaging.compressionThreshold": "65535",
    "adk.security.authenticationLevel": "0",
    "adk.security.encryptionLevel": "0",
    "adk.defaultTimeout": "30000",
    "adk.threading.corePoolSize": "4",
    "adk.threading.maximumPoolSize": "4 for each CPU",
}
_BOOLEANS = (
    "adk.messaging.pullAckAck",
    "adk.messaging.sleepOnDisconnect",
    "adk.messaging.disableDispatcher",
    "adk.messaging.strictVersioning",
    "adk.messaging.strictTypeParsing",
    "adk.messaging.oneObjectPerResponse",
    "adk.messaging.processEventsFromSelf",
    "adk.messaging.noRequestIndividualElements",
    "adk.provisioning.legacy",
    "adk.provisioning.batch",
    "adk.provisioning.ignoreErrors",
    "adk.compatibility.useZoneStatusSystemControl",
    "adk.queue.disable",
    "adk.keepMessageContent",
)
_OTHERS = (
    "adk.messaging.mode",
    "adk.messaging.transport",
    "adk.messaging.acceptEncoding",
    "adk.provisioning.zisVersion",
    "adk.provisioning.overrideSifVersions",
    "adk.provisioning.overrideSifMessageVersionForSifRequests",
    "adk.provisioning.mode",
    "adk.provisioning.icon",
    "adk.provisioning.agentVendor",
    "adk.provisioning.agentVersion",
    "adk.provisioning.applicationName",
    "adk.provisioning.applicationVendor",
    "adk.provisioning.applicationVersion",
    "adk.encryption.algorithm",
    "adk.encryption.key",
    "adk.threading.keepAliveTime",
    "adk.fileServerDirectory",
    "adk.transport.NCSARequestLog",
)
NAMES = frozenset((*_NUMBERS, *_BOOLEANS, *_OTHERS))
_BY_LOWER_CASE = {name.lower(): name for name in NAMES}

_TRANSPORT_NUMBERS: dict[str, str] = {
    "port": "no port at all",
    "pushPort": "the port that the agent listens on",
    "maxConnections": "its own default",
    "minConnections": "its own default",
    "maxIdleTimeMs": "its own default",
    "lowResourcesPersistTimeMs": "its own default",
}
_TRANSPORT_TIMEOUTS = ("pull-read-timeout", "pull-connect-timeout")
_TRANSPORT_BOOLEANS = ("servletEnabled", "requireClientAuth")
_TRANSPORT_PATHS = ("keyStore", "trustStore")
# Settings of a transport that people also try in a zone; other names there may be the application's own.
TRANSPORT_ONLY = frozenset({"keyStore", "keyStorePassword", "trustStore", "trustStorePassword", *_TRANSPORT_TIMEOUTS})
# Read from the agent alone: what a template or a zone says is ignored.
AGENT_ONLY = frozenset({"adk.messaging.pullAckAck"})
# In the configurations that ship with agents, but read by nothing.
READ_BY_NOTHING = {
    "clientAuth": "the name that is read is requireClientAuth; it matters in Push mode only",
    "ciphers": "the JVM's own choice of ciphers stays in force",
}


class ValueProblem(t.NamedTuple):
    """Why the ADK does not do what a value says."""

    code: str
    message: str
    remedy: str


def misspelled(name: str) -> str | None:
    """The ADK's name that differs from this one in the case of letters only; None when there is none."""
    known = _BY_LOWER_CASE.get(name.lower())
    return known if known != name else None


def check_property(name: str, value: str) -> ValueProblem | None:
    """Why the ADK would not do what this property of an agent, template or zone says."""
    if name in _NUMBERS:
        return _check_number(name, value, _NUMBERS[name])
    if name == "adk.threading.keepAliveTime":
        return None if parse_long(value) is not None else _number_problem(name, value, "1000")
    if name in _BOOLEANS:
        return _check_boolean(name, value)
    if name == "adk.messaging.mode":
        return _check_choice(name, value, ("Push", "Pull"), "is taken for Pull")
    if name == "adk.messaging.transport":
        return _check_choice(name, value, ("http", "https"), "is no transport; the zones that use it cannot connect")
    if name == "adk.provisioning.mode":
        return _check_choice(name, value, ("adk", "zis", "agent"), "is taken for adk")
    if name == "adk.provisioning.zisVersion":
        return _check_version(name, value)
    return None


def check_transport_property(name: str, value: str) -> ValueProblem | None:
    """Why the ADK would not do what this property of a transport says."""
    if name in READ_BY_NOTHING:
        return ValueProblem("read-by-nothing", f"nothing reads '{name}': {READ_BY_NOTHING[name]}", "remove it")
    if name in _TRANSPORT_NUMBERS:
        return _check_number(name, value, _TRANSPORT_NUMBERS[name])
    if name in _TRANSPORT_TIMEOUTS and parse_int(value) is None:
        return ValueProblem(
            "number", f"'{name}' is '{value}', which is no whole number, so every message fails", _number_remedy(value)
        )
    if name in _TRANSPORT_BOOLEANS:
        return _check_boolean(name, value)
    if name in _TRANSPORT_PATHS and value != trim(value):
        return ValueProblem(
            "blanks", f"'{name}' has blanks around '{trim(value)}', which belong to the file name", "remove the blanks"
        )
    return None


def _check_number(name: str, value: str, default: str) -> ValueProblem | None:
    return None if parse_int(value) is not None else _number_problem(name, value, default)


def _number_problem(name: str, value: str, default: str) -> ValueProblem:
    return ValueProblem(
        "number",
        f"'{name}' is '{value}', which is no whole number; the agent silently takes {default}",
        _number_remedy(value),
    )


def _number_remedy(value: str) -> str:
    return "remove the blanks" if parse_int(trim(value)) is not None else "write digits only, without unit and blanks"


def _check_boolean(name: str, value: str) -> ValueProblem | None:
    if any(equals_ignore_case(value, word) for word in ("true", "false")):
        return None
    return ValueProblem("boolean", f"'{name}' is '{value}', which counts as false", "write true or false")


def _check_choice(name: str, value: str, choices: tuple[str, ...], effect: str) -> ValueProblem | None:
    if any(equals_ignore_case(value, choice) for choice in choices):
        return None
    blanks = any(equals_ignore_case(trim(value), choice) for choice in choices)
    remedy = "remove the blanks" if blanks else "write " + " or ".join(choices)
    return ValueProblem("choice", f"'{name}' is '{value}', which {effect}", remedy)


def _check_version(name: str, value: str) -> ValueProblem | None:
    try:
        parse_version(value)
    except VersionError:
        return ValueProblem(
            "version", f"'{name}' is '{value}', which is no SIF version", f"write a version like {LATEST}"
        )
    return None
