# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text files on the controller, each replaced in one step."""

from __future__ import annotations

import os
import pathlib
import tempfile

from .action import InputError


def read_text(path: pathlib.Path) -> str | None:
    """The text of a file with its line ends as they are; None when there is no such file.

    Raises:
        InputError: there is one, but it cannot be read as UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InputError(f"{path} on the controller cannot be read: {reason}. Remedy: check its path and permissions, or move it away.") from None


def remove(path: pathlib.Path) -> None:
    """Remove a file, if it is there.

    Raises:
        InputError: it cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path} on the controller cannot be removed: {error.strerror}. Remedy: remove it.") from None


def write_text(path: pathlib.Path, text: str) -> None:
    """Replace a file, or make it; an old one keeps its mode.

    Raises:
        InputError: it cannot be written; it is as it was.
    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise InputError(f"{path} cannot be written: {error.strerror}. Remedy: name a file that can be.") from None
