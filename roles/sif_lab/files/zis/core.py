# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ZIS as a whole: its zones, its listeners, and the way of a message through them."""

from __future__ import annotations

import threading
import traceback
from typing import Any, Dict, Iterable, List, Optional

from . import sif_errors, sif_message
from .admin import Admin
from .faults import Fault, Faults
from .journal import Journal
from .listener import HttpAnswer, Listener
from .push import PushWorker
from .routing import Reply, Router
from .sif_errors import SifError
from .sif_message import Message
from .zone import Settings, Zone
from .zone_status import without_mode, without_node

XML_TYPE = 'application/xml;charset="utf-8"'
HTML_PAGE = "<html><head><title>Sign in</title></head><body><h1>Welcome</h1></body></html>"


class Zis:
    """One ZIS. `lock` guards zones, agents and faults; it is notified whenever something was put in or taken out.

    :param zones: ids of the zones there are at the start and after `reset`.
    :param push_retry: seconds between attempts to reach a Push agent.
    :param push_ca: PEM file with the CA of Push agents on https; None: the system's.
    """

    def __init__(
        self,
        zones: Iterable[str] = (),
        zis_id: str = "LabZIS",
        push_retry: float = 30.0,
        push_ca: Optional[str] = None,
        journal: Optional[Journal] = None,
    ) -> None:
        self.zis_id = zis_id
        self.push_retry = push_retry
        self.push_ca = push_ca
        self.read_timeout = 30.0
        self.journal = journal or Journal()
        self.lock = threading.Condition(threading.RLock())
        self.stopping = threading.Event()
        self.started_at = sif_message.utc_now()
        self.listeners: List[Listener] = []
        self.zones: Dict[str, Zone] = {}
        self.faults = Faults()
        self.admin = Admin(self)
        self.router = Router(zis_id, lambda: [listener.url for listener in self.listeners])
        self._initial_zones = list(zones)
        for zone_id in self._initial_zones:
            self.add_zone(zone_id, Settings())

    def add_zone(self, zone_id: str, settings: Settings) -> Zone:
        """Raises ValueError for an id that cannot stand in a URL as one step, and KeyError for one that exists."""
        if (
            not zone_id
            or zone_id == "admin"
            or zone_id.strip() != zone_id
            or "/" in zone_id
            or not zone_id.isprintable()
        ):
            raise ValueError(f"{zone_id!r} cannot be the id of a zone: it must be one step of a URL, and not 'admin'")
        with self.lock:
            if zone_id in self.zones:
                raise KeyError(zone_id)
            self.zones[zone_id] = Zone(zone_id, settings)
            return self.zones[zone_id]

    def reset(self) -> None:
        """Back to the state at the start."""
        with self.lock:
            self.zones.clear()
            self.faults = Faults()
            self.journal.clear()
            for zone_id in self._initial_zones:
                self.add_zone(zone_id, Settings())
            self.lock.notify_all()

    def listen(self, scheme: str, host: str, port: int, **tls: Any) -> Listener:
        """Opens a listener; it serves at once. Raises OSError (ssl.SSLError included)."""
        listener = Listener(self, scheme, host, port, **tls)
        self.listeners.append(listener)
        listener.start()
        return listener

    def stop(self) -> None:
        """Closes listeners and connections and ends the deliveries."""
        self.stopping.set()
        with self.lock:
            self.lock.notify_all()
        for listener in self.listeners:
            listener.stop()

    def reload_certificate(self, cert: Optional[str] = None, key: Optional[str] = None) -> int:
        """Takes the certificate anew on all https listeners; returns how many. Raises OSError."""
        return sum(listener.reload(cert, key) for listener in self.listeners)

    def receive(self, zone_id: str, raw: bytes, secure: bool, peer: str) -> HttpAnswer:
        """Answers what was posted to a zone's URL."""
        message: Optional[Message] = None
        unreadable: Optional[SifError] = None
        try:
            message = Message(raw)
        except SifError as error:
            unreadable = error
        log = {"zone": zone_id, "message": message, "secure": secure, "peer": peer}
        with self.lock:
            struck = self.faults.strike(zone_id, message, secure)
        for fault in struck:
            log["fault"] = fault.fault
            if fault.fault == "slow":
                self.stopping.wait(fault.seconds)
            elif fault.fault == "hang_up":
                self.journal.write("HTTP 0", detail="closed without an answer", **log)
                return HttpAnswer(0, "", "")
            elif fault.fault == "http_500":
                self.journal.write("HTTP 500", **log)
                return HttpAnswer(500, "text/plain", "Internal Server Error\n")
            elif fault.fault == "not_sif":
                self.journal.write("HTTP 200", detail="an HTML page", **log)
                return HttpAnswer(200, "text/html", HTML_PAGE)
        try:
            if unreadable is not None:
                raise unreadable
            reply = self._faulty_reply(struck) or self._route(zone_id, message, secure)
            reply.data = self._faulty_data(struck, message, reply.data)
        except SifError as error:
            self.journal.write(f"Error {error.category}/{error.code}", detail=error.extended, **log)
            return HttpAnswer(200, XML_TYPE, sif_message.error_ack(message, self.zis_id, error))
        except Exception as error:  # a defect of ours: the agent must get an answer, and people must see it
            traceback.print_exc()
            refused = SifError(sif_errors.SYSTEM_ERROR, f"{type(error).__name__}: {error}")
            self.journal.write("Error 11/1", detail=refused.extended, **log)
            return HttpAnswer(200, XML_TYPE, sif_message.error_ack(message, self.zis_id, refused))
        self.journal.write(f"Status {reply.code}", detail=reply.detail, **log)
        return HttpAnswer(200, XML_TYPE, sif_message.status_ack(message, self.zis_id, reply.code, reply.data))

    @staticmethod
    def _faulty_reply(struck: Iterable[Fault]) -> Optional[Reply]:
        for fault in struck:
            if fault.fault == "refuse_registration":
                raise SifError(sif_errors.REGISTER_DENIED, "injected fault")
            if fault.fault == "refuse_provision":
                raise SifError((fault.category or 4, fault.code or 3), "injected fault")
            if fault.fault == "odd_status":
                return Reply(sif_message.DUPLICATE)
            if fault.fault == "empty_zone_status":
                return Reply()
            if fault.fault == "unknown_source":
                raise SifError(sif_errors.UNKNOWN_SOURCE, "injected fault")
            if fault.fault == "require_secure":
                raise SifError(sif_errors.SECURE_TRANSPORT_REQUIRED, "injected fault")
            if fault.fault == "zone_asleep":
                return Reply(sif_message.SLEEPING)
        return None

    @staticmethod
    def _faulty_data(struck: Iterable[Fault], message: Message, data: str) -> str:
        """The zone status without what a fault hides of the agent that asks."""
        for fault in struck:
            if fault.fault == "hidden_agent":
                data = without_node(data, message.source_id)
            elif fault.fault == "no_mode":
                data = without_mode(data, message.source_id)
        return data

    def _route(self, zone_id: str, message: Message, secure: bool) -> Reply:
        with self.lock:
            zone = self.zones.get(zone_id)
            if zone is None:
                raise SifError(sif_errors.GENERIC_ERROR, f"there is no zone {zone_id!r} here")
            reply = self.router.handle(zone, message, secure)
            agent = zone.agents.get(message.source_id)
            if message.kind == "SIF_Register" and agent is not None and agent.mode == "Push":
                PushWorker.ensure(self, zone, agent)
            self.lock.notify_all()
            return reply

    def drop_registration(self, zone_id: Optional[str], source_id: Optional[str]) -> int:
        """Forgets that agent (None: every agent) in that zone (None: every zone); returns how many."""
        with self.lock:
            dropped = 0
            for zone in self.zones.values():
                if zone_id in (None, zone.id):
                    for agent_id in list(zone.agents):
                        if source_id in (None, agent_id):
                            dropped += zone.forget(agent_id)
            self.lock.notify_all()
            return dropped
