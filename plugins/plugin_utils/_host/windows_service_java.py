# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a Windows host for what must be known to tell which Java a service starts; nothing where its image path tells."""

from __future__ import annotations

import typing as t

from ...module_utils._recovery.unit import hidden
from .._service.windows import unknown_variables, wrapper_file
from .errors import HostError
from .windows_files import WindowsFiles
from .windows_modules import ScriptError
from .windows_scripts import VARIABLES


def java_facts(files: WindowsFiles, service: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(path), C(variables), C(wrapper) and C(unknown), as C(_service.windows.java_of_service) wants them, with passwords hidden.

    A host that cannot be asked is no error: only the JVM's trust store needs the answer, and who needs it says what is missing.
    """
    facts: dict[str, t.Any] = {"variables": {}, "wrapper": None, "unknown": None}
    try:
        facts["variables"] = _values(files, {**service, **facts})
        file = wrapper_file({**service, **facts})
        if file:
            content = files.read(file.path).content
            facts["wrapper"] = None if content is None else file.read(content)
            facts["variables"] = {**facts["variables"], **_values(files, {**service, **facts})}
    except HostError as error:
        facts["unknown"] = str(error)
    return {**_without_secrets(facts), "path": hidden(str(service["path"]))}


def _without_secrets(facts: dict[str, t.Any]) -> dict[str, t.Any]:
    if facts["wrapper"]:
        kept = {name: _all_hidden(facts["wrapper"][name]) for name in ("variables", "defaults")}
        kept["arguments"] = [_hidden(argument) for argument in facts["wrapper"]["arguments"]]
        facts = {**facts, "wrapper": {**facts["wrapper"], **kept}}
    return {**facts, "variables": _all_hidden(facts["variables"])}


def _all_hidden(values: dict[str, str]) -> dict[str, str]:
    return {name: _hidden(f"{name}={value}").partition("=")[2] for name, value in values.items()}


def _hidden(argument: str) -> str:
    """One whole argument; its value may hold blanks."""
    name, is_, value = argument.partition("=")
    return f"{name}{is_}{value}" if hidden(f"{name}=x") == f"{name}=x" else hidden(f"{name}=x")


def _values(files: WindowsFiles, service: t.Mapping[str, t.Any]) -> dict[str, str]:
    names = unknown_variables(service)
    if not names:
        return {}
    try:
        values = files.modules.script(VARIABLES, names=names)
    except ScriptError as error:
        raise HostError(f"The environment variables {', '.join(names)} could not be asked for: {error}. Remedy: mend what it names.") from None
    return {name.lower(): value for name, value in values.items()}
