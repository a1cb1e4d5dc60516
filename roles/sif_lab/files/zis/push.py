# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delivers the queue of a Push agent to the address it registered, in a thread of its own."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
import urllib.parse
from typing import TYPE_CHECKING, Optional

from .sif_errors import SifError
from .sif_message import NEWEST_VERSION, SLEEPING, Message, reported_error, utc_now
from .sif_xml import to_int
from .zone import Agent, Queued, Zone

if TYPE_CHECKING:
    from .core import Zis

TIMEOUT = 30.0
MAX_ANSWER = 1 << 20


def post(url: str, text: str, ca_file: Optional[str], timeout: float = TIMEOUT) -> Message:
    """Posts a SIF_Message and returns the answer. Raises OSError, HTTPException, ValueError or SifError."""
    parts = urllib.parse.urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=timeout, context=context)
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            "POST",
            target,
            body=text.encode("utf-8"),
            headers={"Content-Type": 'application/xml;charset="utf-8"', "Connection": "close"},
        )
        answer = connection.getresponse()
        if answer.status != 200:
            raise ValueError(f"HTTP {answer.status}")
        return Message(answer.read(MAX_ANSWER))
    finally:
        connection.close()


class PushWorker(threading.Thread):
    """Ends by itself when the agent is gone, is no longer in Push mode, or the ZIS stops."""

    def __init__(self, zis: "Zis", zone: Zone, agent: Agent) -> None:
        super().__init__(name=f"push {zone.id} {agent.source_id}", daemon=True)
        self._zis, self._zone, self._agent = zis, zone, agent
        self._next_try = 0.0

    @classmethod
    def ensure(cls, zis: "Zis", zone: Zone, agent: Agent) -> None:
        """Called with the lock, at every registration: an agent that is back is tried again at once."""
        worker = agent.push_worker
        if not isinstance(worker, cls):
            agent.push_worker = worker = cls(zis, zone, agent)
            worker.start()
        worker._next_try = 0.0

    def run(self) -> None:
        while True:
            with self._zis.lock:
                item = self._wait_for_message()
                if item is None:
                    self._agent.push_worker = None
                    return
                item.deliveries += 1
                self._agent.push_attempts += 1
                self._agent.push_last_at = utc_now()
                url = self._agent.protocol.url if self._agent.protocol else ""
            failure = self._deliver(item, url)
            self._agent.push_last_error = failure
            self._zis.journal.write(
                "Undelivered" if failure else "Delivered",
                zone=self._zone.id,
                message=item.message,
                detail=f"to {self._agent.source_id} at {url}{': ' + failure if failure else ''}",
            )

    def _wait_for_message(self) -> Optional[Queued]:
        while not self._zis.stopping.is_set():
            current = self._zis.zones.get(self._zone.id)
            if current is not self._zone or self._zone.agents.get(self._agent.source_id) is not self._agent:
                return None
            if self._agent.mode != "Push":
                return None
            pause = self._next_try - time.monotonic()
            if not (self._agent.sleeping or self._zone.settings.asleep) and pause <= 0:
                item = self._agent.next_message()
                if item is not None:
                    return item
            self._zis.lock.wait(pause if pause > 0 else None)
        return None

    def _deliver(self, item: Queued, url: str) -> str:
        """Why the message was not taken; empty when it was."""
        failure = ""
        try:
            answer = post(url, item.message.text, self._zis.push_ca)
            if answer.kind != "SIF_Ack":
                raise ValueError(f"answered with {answer.kind}")
            answer.check_header((answer.version or NEWEST_VERSION,))
            code = to_int(answer.text_of("SIF_Status/SIF_Code"))
            error = reported_error(answer.body)
            if code is None and error is None:
                raise ValueError("the SIF_Ack has neither status nor error")
            with self._zis.lock:
                self._zis.router.acknowledge(self._zone, self._agent, item.message.msg_id, code, error)
                self._zis.lock.notify_all()
            if code == SLEEPING:
                failure = "the agent sleeps"
        except (OSError, http.client.HTTPException, SifError, ValueError) as error:
            failure = f"{type(error).__name__}: {error}"
        if failure:
            self._next_try = time.monotonic() + self._zis.push_retry
        return failure
