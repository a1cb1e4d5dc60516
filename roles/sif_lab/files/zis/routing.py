# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ZIS does with each kind of message. No I/O: callers hold the lock of the Zis."""

from __future__ import annotations

import dataclasses
from typing import Callable, Dict, Iterable, List

from . import registration, sif_errors, sif_message
from .consumer import SOURCE_ID as KIMONO
from .sif_errors import SifError
from .sif_message import Message, reported_error, utc_now
from .sif_xml import to_int
from .zone import Agent, OpenRequest, Zone
from .zone_status import agent_acl, zone_status


@dataclasses.dataclass
class Reply:
    """Status of the SIF_Ack, XML for its SIF_Data, and a word for the log."""

    code: int = sif_message.SUCCESS
    data: str = ""
    detail: str = ""


class Router:
    """Handles the messages of all zones."""

    def __init__(self, zis_id: str, base_urls: Callable[[], Iterable[str]]) -> None:
        self.zis_id = zis_id
        self._base_urls = base_urls
        self._handlers: Dict[str, Callable[[Zone, Agent, Message], Reply]] = {
            "SIF_Unregister": self._unregister,
            "SIF_Provision": self._provision,
            "SIF_Provide": lambda zone, agent, message: self._add(zone, agent, message, "provides"),
            "SIF_Subscribe": lambda zone, agent, message: self._add(zone, agent, message, "subscribes"),
            "SIF_Unprovide": lambda zone, agent, message: self._remove(agent, message, "provides"),
            "SIF_Unsubscribe": lambda zone, agent, message: self._remove(agent, message, "subscribes"),
            "SIF_Ping": lambda *_: Reply(sif_message.IMMEDIATE),
            "SIF_GetMessage": self._get_message,
            "SIF_GetZoneStatus": lambda zone, *_: Reply(data=self.zone_status(zone)),
            "SIF_GetAgentACL": lambda zone, *_: Reply(data=agent_acl(zone)),
            "SIF_Sleep": lambda zone, agent, _message: self._set_sleeping(agent, True),
            "SIF_Wakeup": lambda zone, agent, _message: self._set_sleeping(agent, False),
            "SIF_CancelRequests": self._cancel_requests,
            "SIF_Request": lambda zone, _agent, message: self.request(zone, message),
            "SIF_Response": self._response,
            "SIF_Event": self._event,
            "SIF_Ack": self._ack,
        }

    def handle(self, zone: Zone, message: Message, secure: bool) -> Reply:
        """Carries out the message. Raises SifError when it is refused."""
        if zone.settings.asleep:
            return Reply(sif_message.SLEEPING, detail="zone asleep")
        message.check_header(zone.versions)
        if zone.settings.require_secure and not secure:
            raise SifError(sif_errors.SECURE_TRANSPORT_REQUIRED, f"zone {zone.id} is served over https only")
        if message.kind == "SIF_Register":
            agent = registration.register(zone, self.zis_id, message, secure)
            self._note(agent, message, secure)
            return Reply(detail=f"{agent.mode}, registration {zone.register_count(agent.source_id)}")
        agent = zone.agents.get(message.source_id)
        if agent is None:
            raise SifError(sif_errors.UNKNOWN_SOURCE, f"{message.source_id} is not registered in zone {zone.id}")
        self._note(agent, message, secure)
        handler = self._handlers.get(message.type)
        if handler is None:
            raise SifError(sif_errors.MESSAGE_UNSUPPORTED, message.type)
        return handler(zone, agent, message)

    @staticmethod
    def _note(agent: Agent, message: Message, secure: bool) -> None:
        agent.last_seen, agent.last_message, agent.message_version = utc_now(), message.type, message.version
        agent.secure = secure

    def zone_status(self, zone: Zone) -> str:
        kimono = Agent(KIMONO)
        kimono.name, kimono.sif_versions, kimono.max_buffer_size = KIMONO, zone.versions, 393216
        kimono.objects.update(subscribes=zone.object_names, requests=zone.object_names)
        return zone_status(zone, [*zone.agents.values(), kimono], self._base_urls())

    def _unregister(self, zone: Zone, agent: Agent, _message: Message) -> Reply:
        zone.forget(agent.source_id)
        return Reply()

    def _provision(self, zone: Zone, agent: Agent, message: Message) -> Reply:
        registration.provision(zone, agent, message)
        return Reply()

    def _add(self, zone: Zone, agent: Agent, message: Message, kind: str) -> Reply:
        registration.add_objects(zone, agent, message, kind)
        return Reply()

    def _remove(self, agent: Agent, message: Message, kind: str) -> Reply:
        registration.remove_objects(agent, message, kind)
        return Reply()

    def _set_sleeping(self, agent: Agent, sleeping: bool) -> Reply:
        agent.sleeping = sleeping
        agent.end_blocking()
        return Reply()

    def _get_message(self, _zone: Zone, agent: Agent, _message: Message) -> Reply:
        if agent.mode == "Push":
            raise SifError(sif_errors.REGISTERED_FOR_PUSH, agent.source_id)
        agent.last_poll_at = utc_now()
        item = agent.next_message()
        if item is None:
            return Reply(sif_message.NO_MESSAGES)
        item.deliveries += 1
        return Reply(data=item.message.text, detail=f"{item.message.kind} {item.message.msg_id}")

    def _cancel_requests(self, zone: Zone, agent: Agent, message: Message) -> Reply:
        ids = {(e.text or "").strip() for e in message.body.iter("SIF_RequestMsgId")}
        mine = {i for i in ids if i in zone.open_requests and zone.open_requests[i].requester == agent.source_id}
        zone.cancel(mine)
        if message.text_of("SIF_SystemControlData/SIF_CancelRequests/SIF_NotificationType") == "Standard":
            for request_id in sorted(mine):
                self._answer(zone, agent.source_id, request_id, message, error=SifError(sif_errors.REQUEST_CANCELLED))
        return Reply(detail=f"{len(mine)} cancelled")

    def _check_contexts(self, message: Message) -> None:
        for context in message.contexts:
            if context != "SIF_Default":
                raise SifError(sif_errors.CONTEXT_UNSUPPORTED, context)

    def request(self, zone: Zone, message: Message) -> Reply:
        """Brings a SIF_Request of an agent or of Kimono to the agent that shall answer. Raises SifError."""
        agent = zone.agents.get(message.source_id)
        if agent is not None and agent.is_repeat(message.msg_id):
            return Reply(sif_message.DUPLICATE)
        self._check_contexts(message)
        query = message.body.find("SIF_Query/SIF_QueryObject")
        if query is None:
            query = message.body.find("SIF_ExtendedQuery/SIF_From")
        object_name = query.get("ObjectName", "") if query is not None else ""
        if not object_name:
            raise SifError(sif_errors.MISSING_ELEMENT, "SIF_Request/SIF_Query/SIF_QueryObject/@ObjectName")
        message.require("SIF_Version")
        size = to_int(message.require("SIF_MaxBufferSize"))
        if size is None:
            raise SifError(sif_errors.INVALID_VALUE, "SIF_Request/SIF_MaxBufferSize")
        if not zone.allows(object_name):
            raise SifError(sif_errors.REQUEST_DENIED, object_name)
        if object_name == "SIF_ZoneStatus" and message.destination_id in ("", self.zis_id):
            self._answer(zone, message.source_id, message.msg_id, message, data=self.zone_status(zone))
            return Reply(detail=object_name)
        responder = zone.agents.get(message.destination_id) if message.destination_id else zone.provider_of(object_name)
        if responder is None:
            where = f"{message.destination_id} is not in zone {zone.id}" if message.destination_id else object_name
            raise SifError(sif_errors.NO_PROVIDER, where)
        zone.open_requests[message.msg_id] = OpenRequest(message.msg_id, message.source_id, responder.source_id, size)
        zone.enqueue(responder, message)
        return Reply(detail=f"{object_name} to {responder.source_id}")

    def _answer(self, zone: Zone, requester: str, request_id: str, asked: Message, **content: object) -> None:
        text = sif_message.response(
            self.zis_id, requester, request_id, version=asked.version, namespace=asked.namespace, **content
        )
        self._deliver(zone, requester, Message(text.encode("utf-8")))

    @staticmethod
    def _deliver(zone: Zone, destination: str, message: Message) -> None:
        if destination == KIMONO:
            zone.consumer.receive(message)
        elif destination in zone.agents:
            zone.enqueue(zone.agents[destination], message)

    def _response(self, zone: Zone, agent: Agent, message: Message) -> Reply:
        if agent.is_repeat(message.msg_id):
            return Reply(sif_message.DUPLICATE)
        request_id = message.require("SIF_RequestMsgId")
        request = zone.open_requests.get(request_id)
        if request is None:
            raise SifError(sif_errors.INVALID_REQUEST_ID, request_id)
        if request.responder != agent.source_id:
            raise SifError(sif_errors.RESPOND_DENIED, f"{request_id} was sent to {request.responder}")
        if message.destination_id != request.requester:
            raise SifError(sif_errors.WRONG_DESTINATION, f"{message.destination_id!r} instead of {request.requester!r}")
        size = len(message.text.encode("utf-8"))
        if size > request.max_buffer_size:
            raise SifError(
                sif_errors.RESPONSE_TOO_LARGE, f"{size} bytes; SIF_MaxBufferSize is {request.max_buffer_size}"
            )
        packet, more = to_int(message.require("SIF_PacketNumber")), message.require("SIF_MorePackets")
        if more not in ("Yes", "No"):
            raise SifError(sif_errors.INVALID_VALUE, f"SIF_MorePackets {more!r}")
        # An agent that was interrupted gets the request again and answers anew, from packet 1 on.
        if packet not in (1, request.next_packet):
            raise SifError(
                sif_errors.INVALID_PACKET, f"{message.text_of('SIF_PacketNumber')} instead of {request.next_packet}"
            )
        request.next_packet = packet + 1
        if more == "No" or reported_error(message.body):
            del zone.open_requests[request_id]
        self._deliver(zone, request.requester, message)
        return Reply(detail=f"packet {packet} to {request.requester}")

    def _event(self, zone: Zone, agent: Agent, message: Message) -> Reply:
        if agent.is_repeat(message.msg_id):
            return Reply(sif_message.DUPLICATE)
        self._check_contexts(message)
        events = message.body.findall("SIF_ObjectData/SIF_EventObject")
        names: List[str] = [event.get("ObjectName", "") for event in events]
        if not names or not all(names):
            raise SifError(sif_errors.MISSING_ELEMENT, "SIF_Event/SIF_ObjectData/SIF_EventObject/@ObjectName")
        for event in events:
            if event.get("Action") not in ("Add", "Change", "Delete"):
                raise SifError(sif_errors.INVALID_VALUE, f"SIF_EventObject/@Action {event.get('Action')!r}")
            if not zone.allows(event.get("ObjectName", "")):
                raise SifError(sif_errors.PUBLISH_DENIED, event.get("ObjectName", ""))
        subscribers = {s.source_id for name in names for s in zone.subscribers_of(name)} - {agent.source_id}
        for destination in [KIMONO, *sorted(subscribers)]:
            self._deliver(zone, destination, message)
        return Reply(detail=f"{', '.join(names)} to {len(subscribers) + 1}")

    def _ack(self, zone: Zone, agent: Agent, message: Message) -> Reply:
        error = reported_error(message.body)
        original = message.require("SIF_OriginalMsgId")
        code = None if error else to_int(message.require("SIF_Status/SIF_Code"))
        if error is None and code is None:
            raise SifError(sif_errors.INVALID_VALUE, "SIF_Ack/SIF_Status/SIF_Code")
        return self.acknowledge(zone, agent, original, code, error)

    def acknowledge(self, zone: Zone, agent: Agent, msg_id: str, code: object, error: object) -> Reply:
        """Applies an agent's SIF_Ack, sent to us or given as the answer to a delivery. Raises SifError."""
        item = agent.acknowledge(msg_id, code)
        if error and zone.open_requests.pop(item.message.msg_id, None):
            zone.consumer.refused(item.message.msg_id, error)
        outcome = f"error {error['category']}/{error['code']}" if error else f"code {code}"
        return Reply(detail=f"{item.message.kind} {msg_id} {outcome}")
