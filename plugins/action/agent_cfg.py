# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.agent_cfg; documented in plugins/modules/agent_cfg.py."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document, DocumentError
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import Plan, PlanError, plan
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.secrets import redact_inside
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError, PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.agent_stores import agent_stores
from ansible_collections.k12.sif.plugins.plugin_utils._host.profiles import read_profile

_PROPERTIES = {"type": "dict", "default": {}}
_STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}
_MODE = {"type": "str", "choices": ["pull", "push"]}
_METHOD = {"type": "str", "choices": ["http", "https"]}
_SCHOOLS = {
    "type": "dict",
    "options": {
        "known": {
            "type": "list",
            "elements": "dict",
            "options": {"number": {"type": "str", "required": True}, "name": {"type": "str"}, "id": {"type": "str"}},
        },
        "include": {"type": "list", "elements": "str"},
        "exclude": {"type": "list", "elements": "str"},
    },
}
_SETTINGS: dict[str, dict[str, t.Any]] = {
    "agent_id": {"type": "str"},
    "sif_version": {"type": "str"},
    "mode": _MODE,
    "method": _METHOD,
    "properties": _PROPERTIES,
    "school_year_starts": {"type": "str"},
    "templates": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {"id": {"type": "str", "required": True}, "state": _STATE, "properties": _PROPERTIES},
    },
    "transports": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "protocol": {"type": "str", "choices": ["http", "https"], "required": True},
            "enabled": {"type": "bool"},
            "properties": _PROPERTIES,
        },
    },
    "zones": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "id": {"type": "str", "required": True},
            "state": _STATE,
            "url": {"type": "str"},
            "template": {"type": "str"},
            "like": {"type": "str"},
            "mode": _MODE,
            "method": _METHOD,
            "pull_frequency": {"type": "int"},
            "properties": _PROPERTIES,
            "school_year": {"type": "str"},
            "schools": _SCHOOLS,
            "smp": {"type": "bool"},
        },
    },
    "mappings": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "id": {"type": "str", "default": "Default"},
            "zone_id": {"type": "str"},
            "source_id": {"type": "str"},
            "sif_version": {"type": "str"},
            "fragment": {"type": "str"},
            "objects": {"type": "dict"},
            "valuesets": {"type": "dict"},
            "properties": {"type": "dict"},
        },
    },
}


class ActionModule(PlannedAction):
    ARGUMENTS = {
        "path": {"type": "path", "required": True},
        **_SETTINGS,
        "profile": {"type": "raw", "default": "adk"},
        "system_properties": {"type": "dict", "default": {}},
        "java_home": {"type": "path"},
        "working_directory": {"type": "path"},
        "backup": {"type": "bool", "default": False},
    }

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        path = arguments["path"]
        before = self.files.read(path)
        if before.content is None:
            raise InputError(f"There is no file {path} on this host. Remedy: correct the path, or install the agent first.")
        options = {name: str(value) for name, value in arguments["system_properties"].items()}
        document = _document(path, before.content)
        _refuse_what_the_agent_cannot_load(path, before.content, options, "cannot")
        planned = _plan(path, document, _named(arguments), read_profile(arguments["profile"]))
        loaded = _refuse_what_the_agent_cannot_load(path, planned.content, options, "could then not")
        result: dict[str, t.Any] = {
            "changed": planned.changed,
            "changes": [dataclasses.asdict(change) for change in planned.changes],
            "mappings": list(planned.mappings),
            "warnings": list(planned.warnings),
            "source_id": loaded.effective["source_id"],
            "sif_version": loaded.effective["sif_version"],
            "trust_stores": agent_stores(self, loaded.effective, options, arguments),
            "platform": self.platform,
        }
        if self.diff_mode and planned.changed:
            result["diff"] = {**planned.diff(), "before_header": path, "after_header": path}
        if planned.changed and not self.check_mode:
            backup_file = self.files.write(before, planned.content, backup=arguments["backup"])
            if backup_file:
                result["backup_file"] = backup_file
        return result


def _named(arguments: dict[str, t.Any]) -> dict[str, t.Any]:
    """The settings that the user named: argument validation fills the others with None."""
    return {name: _without_none(arguments[name]) for name in _SETTINGS if arguments[name] is not None}


def _without_none(value: t.Any) -> t.Any:
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    if isinstance(value, dict):
        # A property's None is the user's own word for "remove it".
        return {key: item if key == "properties" else _without_none(item) for key, item in value.items() if item is not None}
    return value


def _document(path: str, content: bytes) -> Document:
    try:
        return Document.parse(content)
    except DocumentError as error:
        place = f"{path}, line {error.line}" if error.line else path
        raise InputError(f"{place}: {error.message}. Remedy: {error.remedy}") from None


def _plan(path: str, document: Document, desired: dict[str, t.Any], profile: dict[str, t.Any]) -> Plan:
    try:
        return plan(document, desired, profile, today=datetime.date.today())
    except PlanError as error:
        raise InputError(f"{path} cannot be changed as asked: " + " ".join(_told(problem) for problem in error.problems)) from None


def _refuse_what_the_agent_cannot_load(path: str, content: bytes, options: dict[str, str], can: str) -> t.Any:
    loaded = load(content, options)
    if not loaded.loads:
        raise InputError(
            f"The agent {can} load {path}, so nothing was written: {redact_inside(str(loaded.error))}"
            " (k12.sif.agent_cfg_info lists all problems of a file.)"
        )
    return loaded


def _told(problem: t.Any) -> str:
    return f"{problem.location}: {problem.message}. Remedy: {problem.remedy}."
