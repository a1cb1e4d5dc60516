# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a module that an action ran has failed, in words."""

from __future__ import annotations

import typing as t


def reason(result: t.Mapping[str, t.Any]) -> str:
    """The reason that a module gave.

    A module that ended with an exception gives no C(msg): from ansible-core 2.19 the words are in the chain of its C(exception),
    before that at the end of C(module_stderr).
    """
    words = [str(result["msg"]).strip()] if result.get("msg") else list(_chained(getattr(result.get("exception"), "event", None)))
    if not words or words[0].startswith("MODULE FAILURE"):
        words = (str(result.get("module_stderr") or "").strip().splitlines() or words)[-1:]
    return " ".join(words) or "no reason given"


def _chained(event: t.Any) -> t.Iterator[str]:
    while event is not None:
        yield str(event.msg).strip()
        event = getattr(event.chain, "event", None)
