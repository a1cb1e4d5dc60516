# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths of the agent's host, which is a POSIX or a Windows system whatever the controller is."""

from __future__ import annotations

import ntpath
import posixpath
import types


def paths_of(windows: bool) -> types.ModuleType:
    """The standard module that joins and splits such paths."""
    return ntpath if windows else posixpath


def is_absolute(path: str, windows: bool) -> bool:
    """Whether a path needs no working directory; on Windows it begins with a drive and a slash, or with a share."""
    if not windows:
        return path.startswith("/")
    drive, rest = ntpath.splitdrive(path)
    return bool(drive) and rest[:1] in ("\\", "/")


def same_path(one: str, other: str) -> bool:
    """Whether two absolute paths name one file, as far as names tell: Windows minds neither case nor the kind of slash."""
    if one == other:
        return True
    if not (is_absolute(one, windows=True) and is_absolute(other, windows=True)):
        return False
    return ntpath.normcase(ntpath.normpath(one)) == ntpath.normcase(ntpath.normpath(other))
