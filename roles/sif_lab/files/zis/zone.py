# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A zone, its registered agents and the queue of each. No I/O: callers hold the lock of the Zis."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import threading
from typing import Deque, Dict, Iterable, List, Optional, Set

from . import sif_errors, sif_message
from .consumer import Consumer
from .sif_errors import SifError
from .sif_message import Message, utc_now

# What SIF_AgentACL and SIF_ZoneStatus name in a zone that does not limit its objects.
COMMON_OBJECTS = (
    "Authentication",
    "CalendarDate",
    "CalendarSummary",
    "EmployeePersonal",
    "LEAInfo",
    "RoomInfo",
    "ScheduleTermInfo",
    "SchoolCourseInfo",
    "SchoolInfo",
    "SectionInfo",
    "SIF_LogEntry",
    "SIF_ReportObject",
    "SIF_ZoneStatus",
    "StaffAssignment",
    "StaffPersonal",
    "StudentAttendanceSummary",
    "StudentContact",
    "StudentContactPersonal",
    "StudentContactRelationship",
    "StudentDailyAttendance",
    "StudentParticipation",
    "StudentPersonal",
    "StudentPicture",
    "StudentSchoolEnrollment",
    "StudentSectionEnrollment",
    "StudentSnapshot",
    "TermInfo",
)

# The lists of a SIF_Provision, and the name each has here.
PROVISIONS = {
    "SIF_ProvideObjects": "provides",
    "SIF_SubscribeObjects": "subscribes",
    "SIF_PublishAddObjects": "publishes_add",
    "SIF_PublishChangeObjects": "publishes_change",
    "SIF_PublishDeleteObjects": "publishes_delete",
    "SIF_RequestObjects": "requests",
    "SIF_RespondObjects": "responds",
}


@dataclasses.dataclass
class Queued:
    """One message waiting for an agent."""

    message: Message
    queued_at: datetime.datetime
    deliveries: int = 0


@dataclasses.dataclass
class Protocol:
    """Where a Push agent listens."""

    type: str
    secure: bool
    url: str


@dataclasses.dataclass
class OpenRequest:
    """A SIF_Request that has not had its last SIF_Response yet."""

    msg_id: str
    requester: str
    responder: str
    max_buffer_size: int
    next_packet: int = 1


class Agent:
    """A registered agent: what it said of itself, what it provides and subscribes, and its queue."""

    def __init__(self, source_id: str) -> None:
        self.source_id = source_id
        self.name = ""
        self.vendor = self.version = ""
        self.mode = "Pull"
        self.sleeping = False
        self.sif_versions: List[str] = []
        self.message_version = ""
        self.max_buffer_size = 0
        self.protocol: Optional[Protocol] = None
        self.authentication_level = self.encryption_level = 0
        self.secure = False
        self.registered_at = self.last_register_at = self.last_seen = utc_now()
        self.last_poll_at: Optional[datetime.datetime] = None
        self.last_message = ""
        self.objects: Dict[str, List[str]] = {name: [] for name in PROVISIONS.values()}
        self.queue: Deque[Queued] = collections.deque()
        self.blocking: Optional[Queued] = None
        self.push_attempts = 0
        self.push_last_at: Optional[datetime.datetime] = None
        self.push_last_error = ""
        self.push_worker: Optional[threading.Thread] = None
        self._seen: Deque[str] = collections.deque(maxlen=1000)

    def is_repeat(self, msg_id: str) -> bool:
        """Whether the agent has sent a message with this id before; remembers it."""
        if msg_id in self._seen:
            return True
        self._seen.append(msg_id)
        return False

    def next_message(self) -> Optional[Queued]:
        """First message of the queue that may be delivered: no event while an event blocks the others."""
        if self.blocking is None:
            return self.queue[0] if self.queue else None
        return next((item for item in self.queue if item.message.kind != "SIF_Event"), None)

    def end_blocking(self) -> None:
        """What SIF_Register, SIF_Wakeup and SIF_Sleep do: a blocking event will be delivered again."""
        self.blocking = None

    def acknowledge(self, msg_id: str, code: Optional[int]) -> Queued:
        """Applies a SIF_Ack to the queue and returns the message it was for.

        :param code: the SIF_Status code; None for a SIF_Error, which removes the message too.
        Raises SifError for a message that is not waiting for an acknowledgement, or a code that does not fit it.
        """
        item = next((i for i in self.queue if i.message.msg_id == msg_id and i.deliveries), None)
        if code == sif_message.FINAL and (self.blocking is None or self.blocking is not item):
            raise SifError(sif_errors.WRONG_FINAL_ACK, msg_id)
        if item is None:
            raise SifError(sif_errors.NO_SUCH_MESSAGE, msg_id)
        if code == sif_message.INTERMEDIATE:
            if item.message.kind != "SIF_Event":
                raise SifError(sif_errors.ONLY_EVENTS_BLOCK, item.message.kind)
            self.blocking = item
        elif code in (None, sif_message.IMMEDIATE, sif_message.FINAL):
            self.queue.remove(item)
            if self.blocking is item:
                self.blocking = None
        elif code != sif_message.SLEEPING:
            raise SifError(sif_errors.INVALID_VALUE, f"SIF_Status/SIF_Code {code}")
        return item


@dataclasses.dataclass
class Settings:
    """What an administrator decides about a zone."""

    name: str = ""
    asleep: bool = False
    require_secure: bool = False
    allowed_agents: Optional[List[str]] = None
    versions: Optional[List[str]] = None
    objects: Optional[List[str]] = None


class Zone:
    """A zone by its id, with agents, open requests, settings and its built-in Kimono."""

    def __init__(self, zone_id: str, settings: Settings) -> None:
        self.id = zone_id
        self.settings = settings
        self.agents: Dict[str, Agent] = {}
        self.open_requests: Dict[str, OpenRequest] = {}
        self.consumer = Consumer()
        self._register_counts: Dict[str, int] = {}

    @property
    def versions(self) -> List[str]:
        return self.settings.versions or list(sif_message.VERSIONS)

    @property
    def object_names(self) -> List[str]:
        """The objects that the zone is about, for ACL and zone status."""
        return list(COMMON_OBJECTS) if self.settings.objects is None else self.settings.objects

    def allows(self, object_name: str) -> bool:
        return self.settings.objects is None or object_name in self.settings.objects

    def register(self, source_id: str) -> Agent:
        """The agent of that id, new or as it was; counts the registration."""
        self._register_counts[source_id] = self.register_count(source_id) + 1
        agent = self.agents.setdefault(source_id, Agent(source_id))
        agent.last_register_at = utc_now()
        return agent

    def register_count(self, source_id: str) -> int:
        """Registrations of that id since the zone exists, also those that are forgotten by now."""
        return self._register_counts.get(source_id, 0)

    def forget(self, source_id: str) -> bool:
        """Removes the agent with its queue and its open requests. False when it was not registered."""
        for request in [r for r in self.open_requests.values() if source_id in (r.requester, r.responder)]:
            del self.open_requests[request.msg_id]
            self.consumer.refused(
                request.msg_id, SifError(sif_errors.NO_PROVIDER, f"{source_id} left the zone").describe()
            )
        return self.agents.pop(source_id, None) is not None

    def provider_of(self, object_name: str) -> Optional[Agent]:
        return next((a for a in self.agents.values() if object_name in a.objects["provides"]), None)

    def subscribers_of(self, object_name: str) -> Iterable[Agent]:
        return [a for a in self.agents.values() if object_name in a.objects["subscribes"]]

    def enqueue(self, agent: Agent, message: Message) -> None:
        agent.queue.append(Queued(message, utc_now()))

    def cancel(self, request_ids: Set[str]) -> None:
        """Drops the open requests, and their messages that no agent has been given yet."""
        for request_id in request_ids:
            self.open_requests.pop(request_id, None)
        for agent in self.agents.values():
            for item in [i for i in agent.queue if not i.deliveries]:
                if request_ids & {item.message.msg_id, item.message.text_of("SIF_RequestMsgId")}:
                    agent.queue.remove(item)
