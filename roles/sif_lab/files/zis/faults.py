# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that an administrator injects."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, List, Optional, Sequence

from .sif_message import Message

PER_MESSAGE = (
    "refuse_registration",
    "refuse_provision",
    "unknown_source",
    "require_secure",
    "zone_asleep",
    "http_500",
    "not_sif",
    "slow",
    "hang_up",
    "odd_status",
    "empty_zone_status",
    "hidden_agent",
    "no_mode",
)
# Messages by which an agent says what it provides.
PROVISIONING = ("SIF_Provision", "SIF_Provide")
# Faults of the answer to SIF_GetZoneStatus.
OF_ZONE_STATUS = ("empty_zone_status", "hidden_agent", "no_mode")


@dataclasses.dataclass
class Fault:
    """One fault and the messages it strikes; None means any."""

    id: int
    fault: str
    zone: Optional[str] = None
    agent: Optional[str] = None
    message: Optional[str] = None
    seconds: float = 0.0
    category: Optional[int] = None
    code: Optional[int] = None
    times: Optional[int] = None
    hits: int = 0

    def strikes(self, zone_id: str, message: Optional[Message], secure: bool) -> bool:
        if self.zone not in (None, zone_id):
            return False
        if self.agent is not None and (message is None or message.source_id != self.agent):
            return False
        if self.message is not None and (message is None or self.message not in (message.type, message.kind)):
            return False
        if self.fault == "refuse_registration":
            return message is not None and message.kind == "SIF_Register"
        if self.fault == "refuse_provision":
            return message is not None and message.kind in PROVISIONING
        if self.fault == "odd_status":
            return message is not None and message.type == "SIF_Ping"
        if self.fault in OF_ZONE_STATUS:
            return message is not None and message.type == "SIF_GetZoneStatus"
        if self.fault == "unknown_source":
            return message is not None and message.kind != "SIF_Register"
        return not (self.fault == "require_secure" and secure)

    def describe(self) -> Dict[str, Any]:
        return dataclasses.asdict(self)


class Faults:
    """All faults in force. Callers hold the lock of the Zis."""

    def __init__(self) -> None:
        self._faults: List[Fault] = []
        self._last_id = 0

    def add(self, **fields: Any) -> Fault:
        self._last_id += 1
        fault = Fault(id=self._last_id, **fields)
        self._faults.append(fault)
        return fault

    def clear(self, fault_id: Optional[int] = None, zone: Optional[str] = None) -> int:
        """Ends the fault with that id, those of the zone, or all; returns how many."""
        kept = [
            f
            for f in self._faults
            if (fault_id is not None and f.id != fault_id) or (zone is not None and f.zone != zone)
        ]
        ended = len(self._faults) - len(kept)
        self._faults = kept
        return ended

    def describe(self) -> List[Dict[str, Any]]:
        return [fault.describe() for fault in self._faults]

    def strike(self, zone_id: str, message: Optional[Message], secure: bool) -> Sequence[Fault]:
        """The faults this message meets: any number of `slow` and the first of the others. Counts them."""
        struck: List[Fault] = []
        for fault in self._faults:
            if fault.strikes(zone_id, message, secure) and (
                fault.fault == "slow" or all(f.fault == "slow" for f in struck)
            ):
                fault.hits += 1
                struck.append(fault)
        self._faults = [f for f in self._faults if f.times is None or f.hits < f.times]
        return struck
