# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.truststore_info; documented in plugins/modules/truststore_info.py."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._host.action import InputError, PlannedAction
from ansible_collections.k12.sif.plugins.plugin_utils._host.stores import (
    PASSWORD_ARGUMENTS,
    PASSWORD_RULES,
    read_password,
    read_store,
    refused,
)
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.certificates import read_certificates
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.entries import Entry, Store
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.errors import StoreError
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.plan import day
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.presented import described
from ansible_collections.k12.sif.plugins.plugin_utils._truststore.verification import verify_chain


class ActionModule(PlannedAction):
    ARGUMENTS = {
        **PASSWORD_ARGUMENTS,
        "chain": {"type": "str"},
        "host_name": {"type": "str"},
    }
    RULES = {**PASSWORD_RULES, "required_by": {"host_name": "chain"}}

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        now = datetime.datetime.now(datetime.timezone.utc)
        path = arguments["path"]
        _file, store = read_store(self, path, read_password(self, arguments))
        if store is None:
            raise InputError(f"There is no file {path} on this host. Remedy: correct the path.")
        return {
            "changed": False,
            "format": store.format,
            "integrity": store.integrity,
            "entries": [_described(entry, now) for entry in store.entries],
            "verification": _verification(store, arguments, now),
        }


def _described(entry: Entry, now: datetime.datetime) -> dict[str, t.Any]:
    facts = described(entry.certificates[0], now) if entry.certificates else {}
    return {
        "alias": entry.alias,
        "type": entry.kind,
        "created": day(entry.created) or None,
        "chain_length": len(entry.certificates),
        **facts,
    }


def _verification(store: Store, arguments: dict[str, t.Any], now: datetime.datetime) -> dict[str, t.Any] | None:
    if arguments["chain"] is None:
        return None
    try:
        chain = read_certificates(arguments["chain"], "chain")
    except StoreError as error:
        raise refused(error) from None
    return verify_chain(store.entries, chain, arguments["host_name"], now)._asdict()
