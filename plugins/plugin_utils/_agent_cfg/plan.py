# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired settings + current file = what to write. Nothing is read or written here.

    plan(Document.parse(data), {"zones": [{"id": "KIMONO", "mode": "pull"}]})

The comparison is by meaning, so a file that the agent saved again needs no change; the edits are minimal, so the
difference shows the changed settings and nothing else. Planning again on the result changes nothing.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .desired import read_desired
from .diff import Edit, redacted_diff
from .document import Document
from .edit import Editor
from .mappings_plan import MappingsChanges, plan_mappings
from .problems import PlanError, Problem, Problems
from .product_settings import ProductSettings
from .profile import Profile
from .recorder import Change, Recorder
from .settings import Settings

__all__ = ["Change", "Plan", "PlanError", "Problem", "plan"]


@dataclasses.dataclass(frozen=True)
class Plan:
    """What to do with one agent.cfg.

    Attributes:
        content: the bytes that the file shall have; the bytes it has when nothing changes.
        edits: what is replaced in the text of the document, in order.
        changes: the changed settings, in the order of planning; secrets are masked.
        warnings: what an operator should know, e.g. that a transport is shared by all zones.
        mappings: what changed in each mappings element, object and value set.
    """

    document: Document
    content: bytes
    edits: list[Edit]
    changes: tuple[Change, ...]
    warnings: tuple[str, ...]
    mappings: list[MappingsChanges]

    @property
    def changed(self) -> bool:
        """True when the file has to be written."""
        return self.content != self.document.data

    def diff(self) -> dict[str, str]:
        """The text before and after, without any secret (a changed one is told), line ends as \\n."""
        after = Document.parse(self.content) if self.changed else self.document
        return redacted_diff(self.document, after, self.edits)


def plan(
    document: Document,
    desired: t.Mapping[str, t.Any],
    profile: t.Mapping[str, t.Any] | None = None,
    today: datetime.date | None = None,
) -> Plan:
    """Plan the way from a file to desired settings.

    Args:
        document: the file as it is.
        desired: the settings that must be true; the keys are those of the module `agent_cfg`, every one optional.
        profile: where the product keeps the settings of its console; needed only for school_year, schools and smp.
        today: the date for the school year; needed only where a school year is given.
    Raises:
        PlanError: when the desired settings make no sense or cannot be brought about. Nothing is planned then.
    """
    problems = Problems()
    if document.root.name != "agent":
        problems.add(
            f"line {document.root.line}",
            f"the document element is <{document.root.name}>, not <agent>",
            "an agent would start with an empty configuration; is this the right file?",
        )
        problems.raise_if_any()
    wanted = read_desired(desired, problems)
    reading = Profile.read(profile, problems) if profile is not None else None
    problems.raise_if_any()
    recorder = Recorder(Editor(document))
    settings = Settings(recorder, wanted, problems)
    settings.plan()
    ProductSettings(recorder, wanted, reading, today, problems).plan(settings.zones)
    mappings = plan_mappings(recorder, wanted.mappings, problems)
    problems.raise_if_any()
    edits = recorder.editor.edits()
    return Plan(
        document,
        recorder.editor.content(edits),
        edits,
        tuple(recorder.changes),
        tuple(recorder.warnings),
        mappings,
    )
