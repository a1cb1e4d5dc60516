# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an agent wrote into its log since a moment."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.k12.sif.plugins.module_utils._process.log import scan

_MOST = 4194304  # bytes


def size(path: t.Optional[str]) -> t.Optional[int]:
    """Bytes in the log now; 0 when there is none yet, None when that is not known."""
    try:
        return os.stat(path).st_size if path else None
    except FileNotFoundError:
        return 0
    except OSError:
        return None


def since(path: str, offset: int) -> str:
    """The text after C(offset) bytes, at most its last 4 MiB; all of it when the log was begun anew meanwhile.

    A log that cannot be read says nothing: it is evidence on top, never the proof.
    """
    try:
        with open(path, "rb") as stream:
            end = stream.seek(0, os.SEEK_END)
            begin = offset if offset <= end else 0
            stream.seek(max(begin, end - _MOST))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""


def findings(text: str) -> list[str]:
    """The words of known errors in it. All other words stay on the host: a log can hold data of students."""
    return [finding["excerpt"] for finding in scan(text, None, [])["findings"]]
