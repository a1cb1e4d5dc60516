# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps secrets of a configuration out of diffs, results and error texts."""

from __future__ import annotations

import re
import typing as t

from .document import CData, Document, Element, Text

REDACTED = "********"
_SECRET_NAME = re.compile(
    r"pass(?:word|wd|phrase|code)|passwd|pwd|\bpass\b|secret|credential|token"
    r"|(?:encryption|private|api|access|master|symmetric)[._-]?keys?\b|crypt\w*key|encryption\.keys\.",
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=://)[^/\s\"'<>?#]+(?=@)")
_ASSIGNMENT_WORD = re.compile("pass|pwd|secret", re.IGNORECASE)
# password=... inside a longer text, as in a JDBC URL or a line of comment.
_ASSIGNMENT = re.compile(
    r"((?:pass(?:word|wd|phrase)|passwd|pwd|secret)[\w.-]{0,40}\s{0,9}[=:]\s{0,9})([^\s;&,\"'<>]+)", re.IGNORECASE
)
_TAG = re.compile(r"""<[A-Za-z_](?:[^<>"']|"[^"]*"|'[^']*')*""")
_TAG_ATTRIBUTE = re.compile(r"""([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TAG_TEXT = re.compile(r"<([^\s<>/]+)(?:\s[^<>]*)?>([^<]+)</\1\s*>")


def is_secret(name: str) -> bool:
    """True when a setting of this name holds a password, a key or the like."""
    return bool(_SECRET_NAME.search(name))


def redact_value(name: str, value: str | None) -> str | None:
    """A value fit to be shown: masked as a whole when its name is a secret's, else without passwords inside it."""
    if value is None:
        return None
    if is_secret(name):
        return REDACTED if value else value
    return redact_inside(value)


def redact_inside(text: str) -> str:
    """A text without user information in URLs and without C(password=...) assignments."""
    if "://" in text and "@" in text:
        text = _USER_INFO.sub(REDACTED, text)
    if _ASSIGNMENT_WORD.search(text):
        text = _ASSIGNMENT.sub(lambda match: match[1] + REDACTED, text)
    return text


def redact_document(document: Document, notes: t.Mapping[int, str] | None = None) -> str:
    """The text of a file without its secrets, also those in comments that hold disabled XML. Line ends become \\n.

    C(notes): by offset, what to insert there.
    """
    text = document.text
    spans = [(offset, offset, note) for offset, note in (notes or {}).items()]
    for element in document.root.iter():
        _element_spans(document, element, spans)
    covered = []
    position = 0
    for start, end, replacement in sorted(spans):
        covered += [_redact_markup(text[position:start]), replacement]
        position = end
    covered.append(_redact_markup(text[position:]))
    return "".join(covered).replace("\r\n", "\n").replace("\r", "\n")


def _element_spans(document: Document, element: Element, spans: list[tuple[int, int, str]]) -> None:
    """The values of an element that the general search through the text cannot find or could misread."""
    secret_property = is_secret(element.get("name", "") or "")
    for attribute in element.written_attributes:
        secret = is_secret(attribute.name) or (attribute.name == "value" and secret_property)
        if secret and attribute.value:
            spans.append((attribute.value_start, attribute.value_end, REDACTED))
    if is_secret(element.name) or (element.name == "property" and secret_property):
        for node in element.nodes:
            if isinstance(node, (Text, CData)) and node.value.strip():
                spans.append((node.start, node.end, REDACTED))


def _redact_markup(text: str) -> str:
    """Secrets in the remaining text: disabled XML in comments, URLs, assignments."""
    if _SECRET_NAME.search(text):
        text = _TAG.sub(_redact_tag, text)
        text = _TAG_TEXT.sub(
            lambda match: (
                match[0].replace(match[2], REDACTED) if is_secret(match[1]) and match[2].strip() else match[0]
            ),
            text,
        )
    return redact_inside(text)


def _redact_tag(match: re.Match[str]) -> str:
    tag = match[0]
    attributes = list(_TAG_ATTRIBUTE.finditer(tag))
    named = any(
        attribute[1].lower() == "name" and is_secret(attribute[2] or attribute[3] or "") for attribute in attributes
    )
    for attribute in reversed(attributes):
        if is_secret(attribute[1]) or (named and attribute[1].lower() == "value"):
            group = 2 if attribute[2] is not None else 3
            if attribute[group]:
                tag = tag[: attribute.start(group)] + REDACTED + tag[attribute.end(group) :]
    return tag
