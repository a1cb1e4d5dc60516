# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One named check and its result."""

from __future__ import annotations

import dataclasses
import typing as t

PASS, FAIL, WARN, SKIPPED, UNKNOWN = "pass", "fail", "warn", "skipped", "unknown"
RESULTS = (FAIL, UNKNOWN, WARN, PASS, SKIPPED)


@dataclasses.dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        name: stable name, for automation.
        title: what is checked, in words.
        result: C(pass), C(fail), C(warn), C(skipped) (does not apply) or C(unknown) (could not be learned).
        evidence: what was seen.
        remedy: what to do; empty when there is nothing to do.
    """

    name: str
    title: str
    result: str
    evidence: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        return dataclasses.asdict(self)


class Verdict(t.NamedTuple):
    """Result, evidence and remedy of a check that has its name and title elsewhere."""

    result: str
    evidence: str
    remedy: str = ""


def passed(evidence: str) -> Verdict:
    """It is as it must be."""
    return Verdict(PASS, evidence)


def failed(evidence: str, remedy: str) -> Verdict:
    """It is not as it must be."""
    return Verdict(FAIL, evidence, remedy)


def warned(evidence: str, remedy: str) -> Verdict:
    """It works, but somebody should look at it."""
    return Verdict(WARN, evidence, remedy)


def skipped(evidence: str) -> Verdict:
    """It does not apply here."""
    return Verdict(SKIPPED, evidence)


def unknown(evidence: str, remedy: str = "") -> Verdict:
    """It could not be learned, which is no proof of anything."""
    return Verdict(UNKNOWN, evidence, remedy)
