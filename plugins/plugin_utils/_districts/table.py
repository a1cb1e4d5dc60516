# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes of a CSV file to numbered rows, as spreadsheet programs write it (RFC 4180, and Excel's variations).

Excel separates by the list separator of the user's region (comma, semicolon) or by tabs, marks UTF-8 and UTF-16 with a byte order
mark, takes a first line C(sep=;) as an instruction that is no row, and in its plain CSV writes the user's old code page.
"""

from __future__ import annotations

import csv
import io
import re
import typing as t

from .problems import ListError, Problem

ENCODINGS = ("auto", "utf-8", "utf-16", "windows-1252")
_SEPARATORS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE_AS = "in Excel use File > Save As > CSV UTF-8 (Comma delimited)"


class Row(t.NamedTuple):
    """One row; C(number) is the one that a spreadsheet program shows."""

    number: int
    cells: list[str]


def read_rows(content: bytes, file: str, encoding: str = "auto") -> list[Row]:
    """All rows in which something stands, the headings first.

    Args:
        content: the file.
        file: its name, for messages.
        encoding: one of ENCODINGS, for a file without byte order mark. auto is UTF-8; nothing is guessed.
    Raises:
        ListError: this is no CSV file, or not in this encoding.
    """
    text = _decoded(content, file, encoding)
    separator = None
    instruction = _SEPARATOR_LINE.match(text)
    if instruction:
        separator, text = instruction[1], text[instruction.end() :]
    rows: list[Row] = []
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text), strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                rows.append(Row(number, cells))
    except csv.Error as error:
        problem = Problem(
            file, number + 1, "", f"this is no CSV ({error})", "look for a quotation mark that is not closed, or save the list as CSV again"
        )
        raise ListError([problem]) from None
    if not rows:
        raise ListError([Problem(file, None, "", "the file is empty", "write the headings into row 1, and a row for each district")])
    return rows


def _decoded(content: bytes, file: str, encoding: str) -> str:
    if content.startswith(_WORKBOOKS):
        raise ListError([Problem(file, None, "", "this is a workbook of a spreadsheet program, not CSV", _SAVE_AS)])
    for mark, marked in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _text(content[len(mark) :], marked, file)
    return _text(content, "utf-8" if encoding == "auto" else encoding, file)


def _text(content: bytes, encoding: str, file: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"line {line} is not {encoding} (byte {content[error.start]:#04x})"
        other = "to windows-1252" if encoding == "utf-8" else "correctly"
        raise ListError([Problem(file, None, "", message, f"{_SAVE_AS}, or set the option encoding {other}")]) from None
    if "\0" in text:
        remedy = f"{_SAVE_AS}, or set the option encoding to utf-16"
        raise ListError([Problem(file, None, "", "there are NUL characters in it, so it is no CSV in this encoding", remedy)])
    return text


def _separator(text: str) -> str:
    """The separator that the headings use most; they hold names of columns, not sentences."""
    headings = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=headings.count)
