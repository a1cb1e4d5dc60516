# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can keep a ZIS from answering, in words that lead to the remedy."""

from __future__ import annotations

import re
import typing as t


class BadInput(ValueError):
    """An argument cannot be worked with; nothing was sent. The text names the argument and the remedy."""


class ZoneFailure(Exception):
    """The question was put, and this is why there is no good answer.

    Args:
        kind: the class of failure: C(dns), C(refused), C(timeout), C(network), C(proxy), C(tls), C(http_status),
            C(not_sif), C(sif_error), C(asleep), C(zone) or C(agent).
        reason: finer than the class, for example C(unknown_ca) of C(tls); None where the class says it all.
        detail: the evidence: what was seen.
        meaning: what that means.
        remedy: what to do about it.
        category: SIF error category, for C(sif_error) only.
        code: SIF error code, for C(sif_error) only.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        meaning: str,
        remedy: str,
        reason: t.Optional[str] = None,
        category: t.Optional[int] = None,
        code: t.Optional[int] = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.reason = reason
        self.detail = detail
        self.meaning = meaning
        self.remedy = remedy
        self.category = category
        self.code = code

    def as_result(self) -> dict[str, t.Any]:
        """The failure as the module returns it."""
        return {
            "class": self.kind,
            "reason": self.reason,
            "detail": self.detail,
            "meaning": self.meaning,
            "remedy": self.remedy,
            "category": self.category,
            "code": self.code,
        }


def excerpt(text: t.Union[bytes, str], length: int = 200) -> str:
    """The beginning of what a server sent, on one line and without control characters.

    Args:
        text: bytes are read as UTF-8; what is none becomes a replacement character.
        length: the longest result, in characters.
    """
    if isinstance(text, bytes):
        text = text[: 4 * length].decode("utf-8", "replace")
    line = re.sub(r"[\x00-\x20\x7f-\x9f]+", " ", text).strip()
    return line if len(line) <= length else line[: length - 3] + "..."
