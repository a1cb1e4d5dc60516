# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reasons why an agent would stop at a configuration, collected while the model follows the agent's own steps."""

from __future__ import annotations

import dataclasses

from .document import Element

READ, VERSION, APPLY = "read", "version", "apply"

CONFIG_EXCEPTION = "openadk.library.tools.cfg.ADKConfigException"
MAPPING_EXCEPTION = "openadk.library.tools.mapping.ADKMappingException"
TRANSPORT_EXCEPTION = "openadk.library.ADKTransportException"
NOT_SUPPORTED = "openadk.library.ADKNotSupportedException"
ILLEGAL_ARGUMENT = "java.lang.IllegalArgumentException"
NULL_POINTER = "java.lang.NullPointerException"


@dataclasses.dataclass(frozen=True)
class Stop:
    """One reason why the agent does not start.

    Attributes:
        stage: where it stops: C(read), C(version) or C(apply).
        exception: the Java exception, as its log shows it.
        log: the message of that exception; empty where it says nothing of use.
        code: a short name of the kind of reason.
        message: what is wrong, in our words.
        remedy: what to do about it.
        element: the element to blame; None when the file is no XML that can be read.
        line: line of the file, counted from 1; None when unknown.
        refused: True when it depends on something outside the file, which is never fetched.
    """

    stage: str
    exception: str
    log: str
    code: str
    message: str
    remedy: str
    element: Element | None = None
    line: int | None = None
    refused: bool = False

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line is not None else ""
        return f"{place}{self.message}. Remedy: {self.remedy}."


class Stops:
    """All reasons found, in the order in which the agent would meet them; it stops at the first."""

    def __init__(self) -> None:
        self.all: list[Stop] = []

    def add(
        self, stage: str, element: Element, code: str, message: str, remedy: str, exception: str, log: str = ""
    ) -> None:
        self.all.append(Stop(stage, exception, log, code, message, remedy, element, element.line))
