# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All files of a request, as one plan: names and contents. Writing them is somebody else's work."""

from __future__ import annotations

import json
import re
import typing as t

from .as_html import html
from .as_markdown import markdown
from .as_plain_text import plain_text
from .attachments import attachments_of
from .request import Request
from .text_checklist import checklist_text
from .text_request import request_text
from .text_note import note_text

MANIFEST = "request.json"
FORMATS = {"md": markdown, "txt": plain_text, "html": html}
# One thing to tick, in Markdown or plain text, with the lines that go on with it.
_CHECK = re.compile(r"^(?P<lead>(?:- )?\[)(?P<mark>[ xX])(?P<what>\] .*(?:\n {4}.*)*)$", re.MULTILINE)


def files_of(request: Request) -> dict[str, str]:
    """The content of every file by its name, all in one folder."""
    attached = attachments_of(request)
    texts = {
        "request": request_text(request, attached),
        "checklist": checklist_text(request, attached),
        "connection-test": note_text(request, attached),
    }
    written = {f"{name}.{suffix}": write(text) for name, text in texts.items() for suffix, write in FORMATS.items()}
    files = {**written, **attached.contents}
    return {**files, MANIFEST: json.dumps(_manifest(request, files), indent=2, ensure_ascii=False) + "\n"}


def _manifest(request: Request, files: t.Iterable[str]) -> dict[str, t.Any]:
    """The same for programs. C(files) tells a later run which files it may remove."""
    return {
        "district": request.district,
        "powerschool_url": request.powerschool_url,
        "zis_url": request.zis_url,
        "zone_id": request.zone_id,
        "mode": "Pull",
        "method": request.method,
        "school_year": str(request.school_year),
        "deselected_schools": [school.number for school in request.schools.deselect],
        "only_schools": [school.number for school in request.schools.only],
        "certificates": [
            {"sha256": item.sha256, "valid_until": str(item.valid_until)} for item in request.trusted.certificates
        ],
        "contact": request.contact,
        "files": sorted(files),
    }


def files_named_in(manifest: str) -> list[str]:
    """The files that an earlier run wrote, by its manifest.

    Raises:
        ValueError: it is no manifest, or names something outside its folder.
    """
    data = json.loads(manifest)
    names = data.get("files") if isinstance(data, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in names):
        raise ValueError("it does not list the files of a request")
    return [name for name in names if name.strip(".")]


def with_ticks_of(before: str, after: str) -> str:
    """The new text of a checklist with the ticks that somebody made in the old one, where it still says the same."""
    ticked = {check["what"] for check in _CHECK.finditer(before.replace("\r\n", "\n")) if check["mark"] != " "}
    return _CHECK.sub(lambda check: check["lead"] + ("x" if check["what"] in ticked else " ") + check["what"], after)
