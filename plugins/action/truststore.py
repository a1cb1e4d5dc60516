# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.truststore; documented in plugins/modules/truststore.py."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.k12.sif.plugins.module_utils._sif.chain import ARGUMENTS as SERVER_ARGUMENTS
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError, PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.presented import fetch_chain
from ansible_collections.k12.sif.plugins.plugin_utils._host.stores import (
    PASSWORD_ARGUMENTS,
    PASSWORD_RULES,
    read_password,
    read_store,
    refused,
    wanted,
)
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.certificates import alias_from, to_pem
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.desired import Desired, Wanted, checked_alias
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.entries import Store, anchors
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.plan import plan
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.presented import first_use, pinned
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.store import new_store, open_store

_FLAG = {"type": "bool", "default": False}
_FROM_SERVER = {
    **SERVER_ARGUMENTS,
    "alias": {"type": "str"},
    "sha256_fingerprint": {"type": "str"},
    "trust_on_first_use": _FLAG,
}


class ActionModule(PlannedAction):
    ARGUMENTS = {
        **PASSWORD_ARGUMENTS,
        "certificates": {"type": "list", "elements": "raw", "default": []},
        "from_server": {"type": "dict", "options": _FROM_SERVER},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "exclusive": _FLAG,
        "keep_previous": _FLAG,
        "remove_expired": _FLAG,
        "format": {"type": "str", "choices": ["jks", "pkcs12"], "default": "jks"},
        "backup": _FLAG,
        "owner": {"type": "str"},
        "group": {"type": "str"},
        "mode": {"type": "raw"},
        "return_trusted": _FLAG,
    }
    RULES = PASSWORD_RULES

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        path, now = arguments["path"], datetime.datetime.now(datetime.timezone.utc)
        items = wanted(self, arguments["certificates"], arguments["state"])
        password = read_password(self, arguments)
        before, store = read_store(self, path, password)
        try:
            found = store or new_store(arguments["format"], password)
            item, warnings = self._from_server(arguments["from_server"], found, now)
            flags = {name: arguments[name] for name in ("exclusive", "keep_previous", "remove_expired")}
            planned = plan(found, Desired(items + item, **flags), now)
        except StoreError as error:
            raise refused(error, path) from None
        result: dict[str, t.Any] = {
            "changed": planned.changed,
            "changes": list(planned.changes),
            "aliases": list(planned.aliases),
            "format": found.format,
            "warnings": [*warnings, *planned.warnings],
        }
        if arguments["return_trusted"]:
            after = open_store(planned.content, password) if planned.changed else found
            result["trusted"] = "".join(to_pem(der) for _alias, der in anchors(after.entries))
        if self.diff_mode and planned.changed:
            result["diff"] = {**planned.diff(), "before_header": path, "after_header": path}
        if planned.changed and not self.check_mode:
            attributes = {} if before.exists else {name: arguments[name] for name in ("owner", "group", "mode")}
            backup_file = self.files.write(before, planned.content, arguments["backup"], attributes)
            if backup_file:
                result["backup_file"] = backup_file
        return result

    def _from_server(
        self, options: dict[str, t.Any] | None, store: Store, now: datetime.datetime
    ) -> tuple[list[Wanted], tuple[str, ...]]:
        """The certificate to take from a server, and what people should know about it."""
        if options is None:
            return [], ()
        fingerprint, first = options["sha256_fingerprint"], options["trust_on_first_use"]
        if bool(fingerprint) == first:
            raise InputError(
                "from_server needs either sha256_fingerprint or trust_on_first_use: true."
                " Remedy: ask the server's operator for the fingerprint and give it."
            )
        host = options["server_name"] or options["host"]
        where = "the certificate from_server"
        alias = checked_alias(options["alias"] or alias_from(host), where)
        chain = fetch_chain(self, {name: options[name] for name in SERVER_ARGUMENTS})["chain"]
        choice = first_use(store.entries, alias, chain, host, now) if first else pinned(chain, fingerprint, host, now)
        if choice.der is None:
            return [], choice.warnings
        return [Wanted(choice.der, alias, where=where)], choice.warnings
