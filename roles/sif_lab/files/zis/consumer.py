# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built-in Kimono of a zone: requests objects as the real consumer would, and keeps what it receives."""

from __future__ import annotations

import collections
import dataclasses
import datetime
from xml.etree import ElementTree
from typing import Any, Deque, Dict, List, Optional

from .sif_message import Message, reported_error, utc_now
from .sif_xml import flatten, to_int, to_xml

SOURCE_ID = "Kimono"
MAX_EVENTS = 10000


def iso(moment: Optional[datetime.datetime]) -> Optional[str]:
    """ISO 8601 in UTC with milliseconds, or None."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def describe_object(element: ElementTree.Element) -> Dict[str, Any]:
    """A SIF object as the admin API shows it."""
    return {"name": element.tag, "refid": element.get("RefId"), "xml": to_xml(element), "fields": flatten(element)}


@dataclasses.dataclass
class KimonoRequest:
    """One request and what came back."""

    id: str
    zone: str
    object: str
    source_id: Optional[str]
    created_at: datetime.datetime = dataclasses.field(default_factory=utc_now)
    completed_at: Optional[datetime.datetime] = None
    state: str = "pending"
    packets: int = 0
    objects: List[Dict[str, Any]] = dataclasses.field(default_factory=list)
    error: Optional[Dict[str, Any]] = None

    def end(self, error: Optional[Dict[str, Any]] = None) -> None:
        if self.state == "pending":
            self.state, self.error, self.completed_at = ("error" if error else "complete"), error, utc_now()

    def describe(self, with_objects: bool = True) -> Dict[str, Any]:
        described = (
            dataclasses.asdict(self) if with_objects else dataclasses.asdict(dataclasses.replace(self, objects=[]))
        )
        described.update(created_at=iso(self.created_at), completed_at=iso(self.completed_at), count=len(self.objects))
        if not with_objects:
            del described["objects"]
        return described


class Consumer:
    """Kimono in one zone. Callers hold the lock of the Zis."""

    def __init__(self) -> None:
        self.requests: Dict[str, KimonoRequest] = {}
        self.events: Deque[Dict[str, Any]] = collections.deque(maxlen=MAX_EVENTS)
        self._event_count = 0

    def receive(self, message: Message) -> None:
        """Takes a SIF_Response or SIF_Event that the zone delivers."""
        if message.kind == "SIF_Response":
            self._receive_response(message)
        elif message.kind == "SIF_Event":
            self._receive_event(message)

    def _receive_response(self, message: Message) -> None:
        request = self.requests.get(message.text_of("SIF_RequestMsgId"))
        if request is None:
            return
        if to_int(message.text_of("SIF_PacketNumber")) == 1:
            # Packet 1 again: the agent was interrupted and answers anew.
            request.objects, request.packets = [], 0
        request.packets += 1
        request.source_id = message.source_id
        request.objects.extend(describe_object(element) for element in message.body.iterfind("SIF_ObjectData/*"))
        error = reported_error(message.body)
        if error or message.text_of("SIF_MorePackets") != "Yes":
            request.end(error)

    def _receive_event(self, message: Message) -> None:
        for event in message.body.iterfind("SIF_ObjectData/SIF_EventObject"):
            for element in event:
                self._event_count += 1
                self.events.append(
                    {
                        "n": self._event_count,
                        "at": iso(utc_now()),
                        "source_id": message.source_id,
                        "msg_id": message.msg_id,
                        "action": event.get("Action"),
                        **describe_object(element),
                    }
                )

    def refused(self, request_id: str, error: Dict[str, Any]) -> None:
        """The agent answered the delivery of the request with a SIF_Error."""
        if request_id in self.requests:
            self.requests[request_id].end(error)
