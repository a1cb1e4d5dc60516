# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error of this package: what is wrong, and what to do about it."""

from __future__ import annotations


class StoreError(Exception):
    """A store, certificate or wish that cannot be worked with; nothing has been changed.

    message: what is wrong, one sentence without a full stop. remedy: what the reader can do, one sentence or empty.
    Neither ever contains a password or the contents of a store.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(f"{message}. {remedy}" if remedy else message)
        self.message = message
        self.remedy = remedy
