# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.agent_cfg_info; documented in plugins/modules/agent_cfg_info.py."""

from __future__ import annotations

import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.given_text import bytes_of
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.redacted import nesting, without_secrets
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.validation import problems
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError, PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.agent_stores import agent_stores

# Results go through several recursive functions of Ansible; no real configuration comes near to this.
_MAX_NESTING = 50


class ActionModule(PlannedAction):
    ARGUMENTS = {
        "path": {"type": "path"},
        "content": {"type": "str"},
        "system_properties": {"type": "dict", "default": {}},
        "java_home": {"type": "path"},
        "working_directory": {"type": "path"},
        "show_passwords": {"type": "bool", "default": False},
    }
    RULES = {"mutually_exclusive": [["path", "content"]], "required_one_of": [["path", "content"]]}

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        options = {name: str(value) for name, value in arguments["system_properties"].items()}
        loaded = load(self._content(arguments), options)
        effective = loaded.effective
        if effective is not None and nesting(effective["mappings"]) > _MAX_NESTING:
            raise InputError(
                f"The mappings are nested more than {_MAX_NESTING} deep. Remedy: look at the file; a real one is not made so."
            )
        result: dict[str, t.Any] = {
            "changed": False,
            "loads": loaded.loads,
            "stage": loaded.stage,
            "problems": [problem.as_dict() for problem in problems(loaded, options)],
            "effective": effective,
            "trust_stores": [],
        }
        if effective is not None:
            result["trust_stores"] = agent_stores(self, effective, options, arguments)
            if not arguments["show_passwords"]:
                result["effective"] = without_secrets(effective)
        return result

    def _content(self, arguments: dict[str, t.Any]) -> bytes:
        path = arguments["path"]
        if path is None:
            return bytes_of(arguments["content"])
        content = self.files.read(path).content
        if content is None:
            raise InputError(
                f"There is no file {path} on this host. Remedy: correct the path, or install the agent first."
            )
        return content
