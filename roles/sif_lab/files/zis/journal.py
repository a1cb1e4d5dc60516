# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log of messages: one line each on standard output, and the last ones for the admin API."""

from __future__ import annotations

import collections
import itertools
import sys
import threading
from typing import Any, Deque, Dict, List, Optional, TextIO

from .consumer import iso
from .sif_message import Message, utc_now

KEPT = 1000


class Journal:
    """Thread-safe."""

    def __init__(self, stream: Optional[TextIO] = None) -> None:
        self._stream = stream or sys.stdout
        self._lock = threading.Lock()
        self._entries: Deque[Dict[str, Any]] = collections.deque(maxlen=KEPT)
        self._numbers = itertools.count(1)

    def write(
        self,
        outcome: str,
        zone: str = "",
        message: Optional[Message] = None,
        kind: str = "",
        detail: str = "",
        fault: Optional[str] = None,
        secure: bool = False,
        peer: str = "",
    ) -> None:
        """Records what happened to one message; `kind` names what was no message."""
        entry: Dict[str, Any] = {
            "at": iso(utc_now()),
            "zone": zone,
            "source_id": message.source_id if message else "",
            "type": message.type if message else kind,
            "msg_id": message.msg_id if message else "",
            "version": message.version if message else "",
            "secure": secure,
            "peer": peer,
            "outcome": outcome,
            "detail": detail,
            "fault": fault,
        }
        with self._lock:
            entry = {"n": next(self._numbers), **entry}
            self._entries.append(entry)
            self._print(
                f"{entry['at']} {zone or '-'} {entry['source_id'] or '-'} {entry['type'] or '-'} {outcome}"
                f"{' [' + fault + ']' if fault else ''}{' ' + detail if detail else ''}"
            )

    def say(self, text: str) -> None:
        """A line that is about no message."""
        with self._lock:
            self._print(f"{iso(utc_now())} {text}")

    def _print(self, line: str) -> None:
        # What strangers send must not make two lines of one, whatever the encoding of the stream.
        safe = "".join(c if c.isprintable() else "?" for c in line).encode("ascii", "backslashreplace").decode("ascii")
        try:
            self._stream.write(safe + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            pass  # nobody reads our output any more; agents are still to be served

    def last(self, limit: int, **filters: str) -> List[Dict[str, Any]]:
        """The newest entries whose members equal the filters, oldest first."""
        with self._lock:
            found = [e for e in self._entries if all(e[key] == value for key, value in filters.items())]
        return found[max(0, len(found) - limit) :]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
