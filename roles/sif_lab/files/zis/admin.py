# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The admin API: JSON under /admin/. See README.md for what it offers."""

from __future__ import annotations

import json
import re
import time
import traceback
import urllib.parse
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple

from . import PRODUCT, VENDOR, VERSION, admin_input, sif_message
from .admin_views import describe_agent, describe_queue
from .consumer import SOURCE_ID as KIMONO
from .consumer import KimonoRequest, iso
from .listener import HttpAnswer
from .sif_errors import SifError
from .sif_message import Message
from .zone import Agent, Zone

if TYPE_CHECKING:
    from .core import Zis

MAX_WAIT = 60.0
Result = Tuple[int, Any]


class AdminError(Exception):
    """Answered with the status and the text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Admin:
    """Routes the requests of the admin API."""

    def __init__(self, zis: "Zis") -> None:
        self._zis = zis
        zone, agent = r"/zones/(?P<zone>[^/]+)", r"/agents/(?P<agent>[^/]+)"
        routes: List[Tuple[str, str, Callable[..., Result]]] = [
            ("GET", "/health", self._health),
            ("GET", "/zones", self._zones),
            ("POST", "/zones", self._create_zone),
            ("GET", zone, self._zone),
            ("POST", zone, self._change_zone),
            ("DELETE", zone, self._delete_zone),
            ("GET", zone + "/agents", self._agents),
            ("GET", zone + agent, self._agent),
            ("DELETE", zone + agent, self._forget_agent),
            ("GET", zone + agent + "/queue", self._queue),
            ("GET", zone + "/requests", self._requests),
            ("POST", zone + "/requests", self._create_request),
            ("GET", zone + r"/requests/(?P<request>[^/]+)", self._request),
            ("GET", zone + "/events", self._events),
            ("DELETE", zone + "/events", self._clear_events),
            ("GET", "/messages", self._messages),
            ("GET", "/faults", self._faults),
            ("POST", "/faults", self._create_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("DELETE", r"/faults/(?P<fault>\d{1,9})", self._clear_faults),
            ("POST", "/reset", self._reset),
            ("POST", "/certificate", self._reload_certificate),
        ]
        self._routes = [(method, re.compile("/admin" + pattern), handler) for method, pattern, handler in routes]

    def handle(self, method: str, path: str, query: str, body: bytes) -> HttpAnswer:
        """Answers one request; every error is an answer too."""
        try:
            status, content = self._dispatch(method, path, dict(urllib.parse.parse_qsl(query)), body)
        except AdminError as error:
            status, content = error.status, {"error": str(error)}
        except admin_input.BadInput as error:
            status, content = 400, {"error": str(error)}
        except Exception as error:  # a defect of ours: the caller must get an answer, and people must see it
            traceback.print_exc()
            status, content = 500, {"error": f"{type(error).__name__}: {error}"}
        return HttpAnswer(status, "application/json", json.dumps(content, indent=1) + "\n")

    def _dispatch(self, method: str, path: str, query: Dict[str, str], body: bytes) -> Result:
        fitting = [
            (m, match, handler) for m, pattern, handler in self._routes for match in [pattern.fullmatch(path)] if match
        ]
        if not fitting:
            raise AdminError(404, f"nothing at {path}; see README.md of the ZIS")
        for allowed, match, handler in fitting:
            if allowed == method:
                names = {key: urllib.parse.unquote(value) for key, value in match.groupdict().items()}
                arguments = {"body": admin_input.read_json(body)} if method == "POST" else {"query": query}
                with self._zis.lock:
                    if "zone" in names:
                        names["zone"] = self._find_zone(names["zone"])
                    return handler(**names, **arguments)
        raise AdminError(405, f"{path} takes {', '.join(sorted({m for m, _match, _handler in fitting}))}")

    def _find_zone(self, zone_id: str) -> Zone:
        if zone_id not in self._zis.zones:
            raise AdminError(404, f"there is no zone {zone_id!r}; zones: {', '.join(self._zis.zones) or 'none'}")
        return self._zis.zones[zone_id]

    @staticmethod
    def _find_agent(zone: Zone, source_id: str) -> Agent:
        if source_id not in zone.agents:
            raise AdminError(404, f"{source_id!r} is not registered in zone {zone.id}")
        return zone.agents[source_id]

    def _health(self, query: Dict[str, str]) -> Result:
        return 200, {
            "status": "ok",
            "zis_id": self._zis.zis_id,
            "name": PRODUCT,
            "vendor": VENDOR,
            "version": VERSION,
            "started_at": iso(self._zis.started_at),
            "listeners": [li.describe() for li in self._zis.listeners],
            "zones": list(self._zis.zones),
        }

    def _describe_zone(self, zone: Zone) -> Dict[str, Any]:
        return {
            "id": zone.id,
            **vars(zone.settings),
            "urls": [f"{li.url}/{zone.id}" for li in self._zis.listeners],
            "agents": [describe_agent(zone, agent) for agent in zone.agents.values()],
        }

    def _zones(self, query: Dict[str, str]) -> Result:
        return 200, {"zones": [self._describe_zone(zone) for zone in self._zis.zones.values()]}

    def _zone(self, zone: Zone, query: Dict[str, str]) -> Result:
        return 200, self._describe_zone(zone)

    def _create_zone(self, body: Dict[str, Any]) -> Result:
        zone_id = admin_input.text(body.pop("id", None), "id")
        settings = admin_input.zone_settings(body)
        try:
            return 201, self._describe_zone(self._zis.add_zone(zone_id, settings))
        except KeyError:
            raise AdminError(409, f"there is a zone {zone_id!r} already") from None
        except ValueError as error:
            raise AdminError(400, str(error)) from None

    def _change_zone(self, zone: Zone, body: Dict[str, Any]) -> Result:
        zone.settings = admin_input.zone_settings(body, zone.settings)
        self._zis.lock.notify_all()
        return 200, self._describe_zone(zone)

    def _delete_zone(self, zone: Zone, query: Dict[str, str]) -> Result:
        del self._zis.zones[zone.id]
        self._zis.lock.notify_all()
        return 200, {"deleted": zone.id}

    def _agents(self, zone: Zone, query: Dict[str, str]) -> Result:
        return 200, {"agents": [describe_agent(zone, agent) for agent in zone.agents.values()]}

    def _agent(self, zone: Zone, agent: str, query: Dict[str, str]) -> Result:
        return 200, describe_agent(zone, self._find_agent(zone, agent))

    def _queue(self, zone: Zone, agent: str, query: Dict[str, str]) -> Result:
        return 200, {"queue": describe_queue(self._find_agent(zone, agent))}

    def _forget_agent(self, zone: Zone, agent: str, query: Dict[str, str]) -> Result:
        self._find_agent(zone, agent)
        return 200, {"forgotten": self._zis.drop_registration(zone.id, agent)}

    def _create_request(self, zone: Zone, body: Dict[str, Any]) -> Result:
        wanted = admin_input.kimono_request(body)
        asked = zone.agents.get(wanted["destination_id"]) or zone.provider_of(wanted["object_name"])
        # In the version the agent speaks: an agent may refuse a newer one.
        text = sif_message.request(KIMONO, version=asked.message_version if asked else zone.versions[-1], **wanted)
        message = Message(text.encode("utf-8"))
        request = KimonoRequest(message.msg_id, zone.id, wanted["object_name"], wanted["destination_id"] or None)
        zone.consumer.requests[request.id] = request
        try:
            self._zis.router.request(zone, message)
            responder = zone.open_requests.get(request.id)
            request.source_id = responder.responder if responder else request.source_id
            outcome = "Status 0"
        except SifError as error:
            request.end(error.describe())
            outcome = f"Error {error.category}/{error.code}"
        self._zis.journal.write(outcome, zone=zone.id, message=message, detail=wanted["object_name"])
        self._zis.lock.notify_all()
        return 202, request.describe()

    def _requests(self, zone: Zone, query: Dict[str, str]) -> Result:
        return 200, {"requests": [request.describe(with_objects=False) for request in zone.consumer.requests.values()]}

    def _request(self, zone: Zone, request: str, query: Dict[str, str]) -> Result:
        if request not in zone.consumer.requests:
            raise AdminError(404, f"Kimono made no request {request!r} in zone {zone.id}")
        found = zone.consumer.requests[request]
        until = time.monotonic() + min(admin_input.number(query.get("wait", "0"), "wait"), MAX_WAIT)
        while found.state == "pending" and not self._zis.stopping.is_set():
            left = until - time.monotonic()
            if left <= 0:
                break
            self._zis.lock.wait(left)
        return 200, found.describe()

    def _events(self, zone: Zone, query: Dict[str, str]) -> Result:
        since = admin_input.number(query.pop("since", "0"), "since")
        admin_input.only(query, ("object", "source_id", "action"))
        wanted = {"name" if key == "object" else key: value for key, value in query.items()}
        return 200, {
            "events": [
                event
                for event in zone.consumer.events
                if event["n"] > since and all(event[key] == value for key, value in wanted.items())
            ]
        }

    def _clear_events(self, zone: Zone, query: Dict[str, str]) -> Result:
        cleared = len(zone.consumer.events)
        zone.consumer.events.clear()
        return 200, {"cleared": cleared}

    def _messages(self, query: Dict[str, str]) -> Result:
        limit = int(admin_input.number(query.pop("limit", "100"), "limit"))
        admin_input.only(query, ("zone", "agent", "type", "outcome"))
        filters = {"source_id" if key == "agent" else key: value for key, value in query.items()}
        return 200, {"messages": self._zis.journal.last(limit, **filters)}

    def _faults(self, query: Dict[str, str]) -> Result:
        return 200, {"faults": self._zis.faults.describe()}

    def _create_fault(self, body: Dict[str, Any]) -> Result:
        wanted = admin_input.fault(body)
        if wanted["zone"] is not None:
            self._find_zone(wanted["zone"])
        if wanted["fault"] == "drop_registration":
            return 200, {
                "fault": "drop_registration",
                "forgotten": self._zis.drop_registration(wanted["zone"], wanted["agent"]),
            }
        return 201, self._zis.faults.add(**wanted).describe()

    def _clear_faults(self, query: Dict[str, str], fault: Optional[str] = None) -> Result:
        admin_input.only(query, ("zone",))
        cleared = self._zis.faults.clear(int(fault) if fault else None, query.get("zone"))
        if fault and not cleared:
            raise AdminError(404, f"there is no fault {fault}")
        return 200, {"cleared": cleared}

    def _reset(self, body: Dict[str, Any]) -> Result:
        self._zis.reset()
        return 200, {"zones": list(self._zis.zones)}

    def _reload_certificate(self, body: Dict[str, Any]) -> Result:
        files = admin_input.certificate(body)
        try:
            reloaded = self._zis.reload_certificate(**files)
        except OSError as error:
            raise AdminError(400, str(error)) from None
        return 200, {"reloaded": reloaded}
