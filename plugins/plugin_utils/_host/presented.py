# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches the chain of a server through the module k12.sif.server_certificate_info, for the action plugins."""

from __future__ import annotations

import typing as t

from .._truststore.certificates import read_certificates
from .action import InputError, PlannedAction
from .reasons import reason


def fetch_chain(action: PlannedAction, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
    """What the module returned, with C(chain), the certificates as DER.

    Raises:
        InputError: the server could not be reached, or showed nothing.
    """
    result = action._execute_module(
        module_name="k12.sif.server_certificate_info",
        module_args={name: value for name, value in arguments.items() if value is not None},
        task_vars=action.task_vars,
    )
    if result.get("failed"):
        raise InputError(f"The chain of {arguments['host']} port {arguments['port']} could not be fetched: {reason(result)}")
    return {**result, "chain": read_certificates(result["chain_pem"], f"the chain of {arguments['host']}")}
