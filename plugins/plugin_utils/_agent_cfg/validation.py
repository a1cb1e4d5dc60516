# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists everything in a configuration that stops an agent, or that it silently ignores or takes otherwise than written."""

from __future__ import annotations

import typing as t

from .check_mappings import check_mappings
from .check_settings import check_settings
from .check_transports import check_transports
from .document import Document
from .findings import ERROR, MAX_LISTED, WARNING, FileProblem, Findings
from .model import Loaded, document_root, load
from .places import place
from .secrets import redact_inside


def problems(
    configuration: bytes | Document | Loaded, system_properties: t.Mapping[str, str] | None = None
) -> list[FileProblem]:
    """List the problems of a configuration.

    Args:
        configuration: the content of an agent.cfg, the parsed file, or what C(model.load) made of it.
        system_properties: the -D options of the agent's JVM.
    Returns:
        first what stops the agent, in the order in which it would meet it; then warnings, in the order of the file.
        One problem for each cause. Of each severity at most 500 are listed; then a last one tells how many are not.
    """
    options = dict(system_properties or {})
    loaded = configuration if isinstance(configuration, Loaded) else load(configuration, options)
    errors = [
        FileProblem(
            "the file" if stop.element is None else place(stop.element),
            redact_inside(stop.message),
            stop.remedy,
            ERROR,
            stop.line,
            stop.code,
        )
        for stop in loaded.stops[:MAX_LISTED]
    ]
    if loaded.document is None:
        return errors
    findings = Findings()
    root = document_root(loaded.document)
    if root is None:
        _note_root(loaded.document, findings)
    else:
        check_settings(root, options, findings)
        check_transports(root, loaded, findings)
    check_mappings(loaded.document.root, findings)
    warnings = sorted(_without_consequences(findings.found, errors), key=lambda problem: problem.line or 0)
    left_out = max(0, len(loaded.stops) - MAX_LISTED) + findings.left_out
    if left_out:
        warnings.append(
            FileProblem(
                "the file",
                f"{left_out} more problems are not listed",
                "repair those listed first",
                WARNING,
                None,
                "left-out",
            )
        )
    return errors + warnings


def _without_consequences(found: list[FileProblem], errors: list[FileProblem]) -> list[FileProblem]:
    """Without warnings that say again what an error says: a second field without a name is a duplicate of the first."""
    duplicates = {error.location for error in errors if error.code == "duplicate-field"}
    return [problem for problem in found if not (problem.code == "field-name" and problem.location in duplicates)]


def _note_root(document: Document, findings: Findings) -> None:
    root = document.root
    inside = any(element.name == "agent" for element in root.iter() if element is not root)
    findings.add(
        root,
        "document-element",
        f"the document element is <{root.name}>, not <agent>: an agent starts with it without any error, but without id,"
        " zones and properties",
        (
            "make the <agent> inside it the document element"
            if inside
            else "name it agent, in lower case and without a prefix"
        ),
    )
