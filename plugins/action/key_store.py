# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.key_store; documented in plugins/modules/key_store.py."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError, PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.stores import read_store
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.entries import KEY
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.new_key import new_key_store

_MINIMAL_PASSWORD_LENGTH = 6  # characters; keytool accepts no shorter one


class ActionModule(PlannedAction):
    ARGUMENTS = {
        "path": {"type": "path", "required": True},
        "password": {"type": "str", "no_log": True},
        "create": {"type": "bool", "default": True},
        "common_name": {"type": "str", "default": "SIF agent"},
        "days": {"type": "int", "default": 3650},
        "owner": {"type": "str"},
        "group": {"type": "str"},
        "mode": {"type": "raw", "default": "0600"},
    }

    RULES = {"required_if": [("create", True, ("password",))]}

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        path, password = arguments["path"], arguments["password"]
        if not arguments["create"]:
            if not self.files.read(path).exists:
                raise InputError(
                    f"Method HTTPS needs a key store, and {path} is not there. Remedy: name the agent's key store (sif_agent_key_store),"
                    " or have one made (create, sif_agent_key_store_create)."
                )
            return {"changed": False}
        before, store = read_store(self, path, password)
        if store is not None:
            if not any(entry.kind == KEY for entry in store.entries):
                raise InputError(f"{path} holds no private key. Remedy: name another path, or move this file away.")
            return {"changed": False}
        if len(password) < _MINIMAL_PASSWORD_LENGTH:
            raise InputError(f"The password of a new key store needs {_MINIMAL_PASSWORD_LENGTH} characters or more. Remedy: give a longer one.")
        result: dict[str, t.Any] = {"changed": True}
        if self.diff_mode:
            after = f"a key store with a new private key of {arguments['common_name']}\n"
            result["diff"] = {"before": "", "after": after, "before_header": path, "after_header": path}
        if not self.check_mode:
            now = datetime.datetime.now(datetime.timezone.utc)
            content = new_key_store(password, arguments["common_name"], arguments["days"], now)
            self.files.write(before, content, attributes={name: arguments[name] for name in ("owner", "group", "mode")})
        return result
