# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks what people send to the admin API: one clear sentence for the first thing that is wrong."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from typing import Any, Dict, Iterable, List, Optional

from .faults import PER_MESSAGE
from .sif_message import VERSIONS
from .zone import Settings

FAULTS = (*PER_MESSAGE, "drop_registration")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
OPERATORS = ("EQ", "NE", "LT", "GT", "LE", "GE")


class BadInput(Exception):
    """What is wrong and what would be right."""


def read_json(body: bytes) -> Dict[str, Any]:
    """The JSON object in the body; an empty body is an empty object."""
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise BadInput(f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadInput("the body must be a JSON object")
    return value


def only(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuses names that nothing would read."""
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise BadInput(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")


def text(value: Any, name: str) -> str:
    """A text that is not blank and that XML can carry."""
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{name} must be a text")
    return _xml_text(value, name)


def _xml_text(value: str, name: str) -> str:
    if _NOT_XML.search(value):
        raise BadInput(f"{name} has characters that XML cannot carry")
    return value


def _optional_text(value: Any, name: str) -> Optional[str]:
    return None if value is None else text(value, name)


def number(value: Any, name: str) -> float:
    """A number from 0 on."""
    try:
        result = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        result = math.nan
    if not 0 <= result < 1e9:
        raise BadInput(f"{name} must be a number from 0 on")
    return result


def _texts(value: Any, name: str) -> List[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise BadInput(f"{name} must be a list of texts")
    return [_xml_text(item, name) for item in value]


def zone_settings(body: Dict[str, Any], current: Optional[Settings] = None) -> Settings:
    """Settings of a zone, those not named as they are."""
    only(body, [field.name for field in dataclasses.fields(Settings)])
    for name, value in body.items():
        if name in ("asleep", "require_secure"):
            if not isinstance(value, bool):
                raise BadInput(f"{name} must be true or false")
        elif name == "name":
            text(value, name)
        elif value is not None:
            _texts(value, name)
    versions = body.get("versions")
    if versions is not None and (not versions or set(versions) - set(VERSIONS)):
        raise BadInput(f"versions must be some of {', '.join(VERSIONS)}")
    return dataclasses.replace(current or Settings(), **body)


def kimono_request(body: Dict[str, Any]) -> Dict[str, Any]:
    """Arguments for sif_message.request."""
    only(body, ("object", "source_id", "conditions", "join", "version", "max_buffer_size"))
    conditions = body.get("conditions") or []
    if not isinstance(conditions, list) or not all(isinstance(c, dict) for c in conditions):
        raise BadInput('conditions must be a list of {"element": ..., "operator": "EQ", "value": ...}')
    for condition in conditions:
        only(condition, ("element", "operator", "value"))
        text(condition.get("element"), "element")
        if condition.get("operator", "EQ") not in OPERATORS:
            raise BadInput(f"operator must be one of {', '.join(OPERATORS)}")
        if not isinstance(condition.get("value"), str):
            raise BadInput("value must be a text")
        _xml_text(condition["value"], "value")
    join = body.get("join", "And")
    if join not in ("And", "Or"):
        raise BadInput("join must be And or Or")
    version = body.get("version", "2.*")
    return {
        "object_name": text(body.get("object"), "object"),
        "destination_id": _optional_text(body.get("source_id"), "source_id") or "",
        "conditions": conditions,
        "join": join,
        "versions": _texts([version] if isinstance(version, str) else version, "version"),
        "max_buffer_size": int(number(body.get("max_buffer_size", 393216), "max_buffer_size")),
    }


def _whole(value: Any, name: str) -> Optional[int]:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise BadInput(f"{name} must be a whole number from 1 on")
    return value


def fault(body: Dict[str, Any]) -> Dict[str, Any]:
    """Arguments for Faults.add."""
    only(body, ("fault", "zone", "agent", "message", "seconds", "times", "category", "code"))
    if body.get("fault") not in FAULTS:
        raise BadInput(f"fault must be one of {', '.join(FAULTS)}")
    if body["fault"] == "slow" and "seconds" not in body:
        raise BadInput("slow needs seconds")
    whole = {name: _whole(body.get(name), name) for name in ("times", "category", "code")}
    if body["fault"] != "refuse_provision" and (whole["category"] or whole["code"]):
        raise BadInput("category and code are for refuse_provision")
    return {
        "fault": body["fault"],
        **whole,
        "seconds": number(body.get("seconds", 0), "seconds"),
        **{name: _optional_text(body.get(name), name) for name in ("zone", "agent", "message")},
    }


def certificate(body: Dict[str, Any]) -> Dict[str, Any]:
    """Files to read; None: those read at the start."""
    only(body, ("cert", "key"))
    files = {name: _optional_text(body.get(name), name) for name in ("cert", "key")}
    if files["key"] and not files["cert"]:
        raise BadInput("key needs cert")
    return files
