# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is given to learn from, read or refused."""

from __future__ import annotations

import typing as t

from .document import Document, DocumentError
from .school_year import SchoolYear


class LearnError(Exception):
    """Nothing can be learned from this. C(message) says why, C(remedy) what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}. Remedy: {remedy}.")
        self.message = message
        self.remedy = remedy


class OtherWordNeeded(LearnError):
    """The setting was not in the file before, so one must see how the product says the opposite: change it back."""


def parsed(data: bytes, when: str) -> Document:
    """A file. C(when) says which, for the message."""
    try:
        return Document.parse(data)
    except DocumentError as error:
        place = f", line {error.line}" if error.line else ""
        raise LearnError(f"the file {when}{place}: {error.message}", error.remedy) from None


def school_year(text: t.Any) -> SchoolYear:
    """A school year like 2026-2027."""
    try:
        return SchoolYear.parse(str(text))
    except ValueError as error:
        raise LearnError(str(error), "write both calendar years, as the console means them") from None


def on_or_off(value: t.Any) -> bool:
    """True for on. YAML may have made a boolean of the word."""
    word = str(value).lower()
    if word not in ("true", "on", "yes", "false", "off", "no"):
        raise LearnError(f"{value!r} is neither on nor off", "write on or off")
    return word in ("true", "on", "yes")
