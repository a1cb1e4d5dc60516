# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.agent_cfg_learn; documented in plugins/modules/agent_cfg_learn.py."""

from __future__ import annotations

import base64
import binascii
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.learn import LearnError, OtherWordNeeded, check, learn
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError, PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.profile_file import ProfileFile


class ActionModule(PlannedAction):
    ARGUMENTS = {
        "before": {"type": "str", "required": True, "no_log": True},
        "after": {"type": "str", "no_log": True},
        "back": {"type": "str", "no_log": True},
        "setting": {"type": "str", "required": True, "choices": ["school_year", "schools", "smp"]},
        "zone": {"type": "str", "required": True},
        "to": {"type": "raw", "required": True},
        "from": {"type": "str"},
        "known_schools": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {"number": {"type": "str", "required": True}, "name": {"type": "str"}, "id": {"type": "str"}},
        },
        "ignore": {"type": "list", "elements": "str", "default": []},
        "profile": {"type": "raw", "default": "adk"},
        "profile_file": {"type": "path", "required": True},
    }
    RULES = {"required_by": {"back": "after"}}

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        target = ProfileFile(arguments["profile_file"], arguments["profile"])
        console = target.console(arguments["setting"])
        files = {name: _content(name, arguments[name]) for name in ("before", "after", "back") if arguments[name] is not None}
        about = {name: arguments[name] for name in ("setting", "zone", "to", "known_schools")}
        about["came_from"] = arguments["from"]
        try:
            if "after" not in files:
                check(**files, **about)
                return {"changed": False, "complete": False, "console": console, "explanation": "Nothing was changed yet."}
            learned = learn(**files, **about, ignore=arguments["ignore"])
        except OtherWordNeeded as error:
            return {"changed": False, "complete": False, "console": console, "explanation": _sentence(error)}
        except LearnError as error:
            raise InputError(_sentence(error)) from None
        text = target.text_with(arguments["setting"], learned.locator)
        result: dict[str, t.Any] = {
            "changed": text != target.before,
            "complete": True,
            "console": console,
            "locator": learned.locator,
            "explanation": learned.explanation,
            "differences": learned.differences,
            "warnings": list(learned.warnings),
            "profile_file": str(target.path),
        }
        if self.diff_mode:
            header = str(target.path)
            result["diff"] = {"before": target.before, "after": text, "before_header": header, "after_header": header}
        if result["changed"] and not self.check_mode:
            target.write(text)
        return result


def _content(name: str, text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(f"{name} is not in base64. Remedy: give what ansible.builtin.slurp returned as content.") from None


def _sentence(error: LearnError) -> str:
    text = str(error)
    return text[0].upper() + text[1:]
