# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that go with a request: mappings documents and certificates, each under a name that can be used anywhere."""

from __future__ import annotations

import dataclasses
import re

from .blocks import File
from .mappings_document import MappingsDocument
from .request import Request
from .trusted import Certificate


@dataclasses.dataclass(frozen=True)
class Attachments:
    """What is attached, each with the file that holds it."""

    mappings: tuple[tuple[File, MappingsDocument], ...]
    certificates: tuple[tuple[File, Certificate], ...]

    @property
    def contents(self) -> dict[str, str]:
        """The text of each file by its name."""
        found = {file.name: document.content for file, document in self.mappings}
        return {**found, **{file.name: certificate.pem for file, certificate in self.certificates}}


def attachments_of(request: Request) -> Attachments:
    """The files of a request. Names differ also where upper and lower case are the same."""
    names = _Names()
    mappings = tuple((names.new(f"mappings-{document.id}", "xml"), document) for document in request.mappings.documents)
    certificates = tuple((names.new(f"certificate-{item.alias}", "pem"), item) for item in request.trusted.certificates)
    return Attachments(mappings, certificates)


class _Names:
    def __init__(self) -> None:
        self._used: set[str] = set()

    def new(self, wish: str, suffix: str) -> File:
        stem = re.sub(r"[^A-Za-z0-9._-]+", "-", wish).strip("-.")
        name, number = f"{stem}.{suffix}", 1
        while name.lower() in self._used:
            number += 1
            name = f"{stem}-{number}.{suffix}"
        self._used.add(name.lower())
        return File(name)
