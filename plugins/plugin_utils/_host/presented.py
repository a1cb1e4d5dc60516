# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches the chain of a server for the action plugins: on the host, or on the controller when the host is a Windows system."""

from __future__ import annotations

import typing as t

from ...module_utils._sif.failures import BadInput, ZoneFailure
from ...modules.server_certificate_info import fetch, told
from .._truststore.certificates import read_certificates
from .action import InputError, PlannedAction
from .reasons import reason


def fetch_chain(action: PlannedAction, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
    """What the module k12.sif.server_certificate_info returned, with C(chain), the certificates as DER.

    A Windows host has no Python for the module, so the same code then runs here.

    Raises:
        InputError: the server could not be reached, or showed nothing.
    """
    result = _fetched_here(arguments) if action.windows else _fetched_on_host(action, arguments)
    if result.get("failed"):
        raise InputError(f"The chain of {arguments['host']} port {arguments['port']} could not be fetched: {reason(result)}")
    return {**result, "chain": read_certificates(result["chain_pem"], f"the chain of {arguments['host']}")}


def _fetched_on_host(action: PlannedAction, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
    return action._execute_module(
        module_name="k12.sif.server_certificate_info",
        module_args={name: value for name, value in arguments.items() if value is not None},
        task_vars=action.task_vars,
    )


def _fetched_here(arguments: dict[str, t.Any]) -> dict[str, t.Any]:
    try:
        return {"changed": False, **fetch(arguments)}
    except BadInput as error:
        return {"failed": True, "msg": str(error)}
    except ZoneFailure as failure:
        return {"failed": True, "msg": told(failure)}
